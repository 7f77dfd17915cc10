"""Sentences that give a deadline, and sentences that only name a date. Hải Lam is invented."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from deadlines.grammar import read as read_deadline
from deadlines.types import Deadline
from plans.document import Document, Paragraph, Place
from plans.duties import read_duties
from plans.prose_spans import deadline_spans
from plans.types import Task

with (Path(__file__).parent / "corpora" / "deadlines_prose.tsv").open(encoding="utf-8", newline="") as _file:
    PHRASES = list(csv.DictReader(_file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.parametrize("row", PHRASES, ids=lambda row: row["text"][:60])
def test_the_phrases_of_a_sentence(row: dict[str, str]) -> None:
    wanted = [phrase for phrase in row["phrases"].split(" | ") if phrase]
    assert [row["text"][span.start : span.end] for span in deadline_spans(row["text"])] == wanted


def duties(*paragraphs: str, title: str | None = None, since: int | None = 2027) -> tuple[Task, ...]:
    blocks = tuple(Paragraph(text=text, place=Place(line=at)) for at, text in enumerate(paragraphs, 1))
    return read_duties(Document(format="txt", blocks=blocks), title=title, since=since).tasks


@pytest.mark.parametrize(
    ("sentence", "lead", "deadline"),
    [
        ("Yêu cầu các sở, ngành lập kế hoạch trước ngày 18/02/2027.", "các sở, ngành", "trước ngày 18/02/2027"),
        ("Giao Sở Y tế báo cáo trước ngày 25 hằng tháng.", "Sở Y tế", "trước ngày 25 hằng tháng"),
        (
            "Đề nghị Hội Nông dân tỉnh gửi danh sách chậm nhất là ngày 05/3/2027.",
            "Hội Nông dân tỉnh",
            "chậm nhất là ngày 05/3/2027",
        ),
        ("UBND các xã, phường rà soát đất bãi trong quý II/2027.", "UBND các xã, phường", "trong quý II/2027"),
        ("Sở Xây dựng hoàn thành đề án trong năm 2027.", "Sở Xây dựng", "trong năm 2027"),
        ("Công an tỉnh tổ chức diễn tập ít nhất 01 lần/năm.", "Công an tỉnh", "ít nhất 01 lần/năm"),
        ("Thanh tra tỉnh báo cáo định kỳ hằng quý.", "Thanh tra tỉnh", "định kỳ hằng quý"),
        ("Sở Nội vụ: Trình phương án xong trước 15/6/2027.", "Sở Nội vụ", "trước 15/6/2027"),
        (
            "Trên cơ sở Kế hoạch này, các sở, ban, ngành xây dựng kế hoạch chi tiết trong tháng 3 năm 2027.",
            "các sở, ban, ngành",
            "trong tháng 3 năm 2027",
        ),
        (
            "Văn phòng UBND tỉnh trình dự thảo trong thời hạn 15 ngày làm việc kể từ ngày ban hành Kế hoạch.",
            "Văn phòng UBND tỉnh",
            "trong thời hạn 15 ngày làm việc kể từ ngày ban hành Kế hoạch",
        ),
        (
            "Sở Tài chính tổng hợp báo cáo định kỳ 6 tháng (trước ngày 10 tháng 6), năm (trước ngày 10 tháng 12).",
            "Sở Tài chính",
            "định kỳ 6 tháng (trước ngày 10 tháng 6), năm (trước ngày 10 tháng 12)",
        ),
    ],
)
def test_who_has_to_act_by_when(sentence: str, lead: str, deadline: str) -> None:
    (duty,) = duties(sentence)
    assert (duty.lead_text, duty.deadline_text) == (lead, deadline)
    assert duty.confidence == 0.9
    assert duty.title == sentence


@pytest.mark.parametrize(
    "sentence",
    [
        "Thực hiện Quyết định số 15/QĐ-TTg ngày 03/3/2026 của Thủ tướng Chính phủ về cảng cá.",
        "Triển khai Chiến lược phát triển kinh tế biển đến năm 2030, tầm nhìn đến năm 2045.",
        "Xây dựng Đề án nuôi biển giai đoạn 2027 - 2030.",
        "Bảo đảm chi thường xuyên và bố trí ngân sách hằng năm.",
        "Trong quá trình thực hiện nếu có khó khăn, vướng mắc báo cáo về Sở Y tế.",
        "Tổ chức Ngày môi trường 05/6 hằng năm là ngày hội của toàn dân.",
        "Trong năm 2026, tỉnh đã xây dựng 12 bến cá.",
        "Đến năm 2020, 80% số xã có điện.",
        "Các sở khẩn trương triển khai thực hiện.",
        "Luật Đất đai có hiệu lực từ ngày 01/8/2024.",
        "Phong trào “Đến năm 2030 không còn rác nhựa” được duy trì.",
    ],
)
def test_a_date_that_is_no_duty(sentence: str) -> None:
    assert duties(sentence) == ()


def test_headings_lend_their_agency_to_what_stands_under_them() -> None:
    found = duties(
        "II. TỔ CHỨC THỰC HIỆN",
        "1. Sở Giáo dục và Đào tạo",
        "a) Chủ trì, phối hợp với Sở Y tế, UBND các xã kiểm tra trường học trước ngày 20/8 hằng năm.",
        "- Lập danh sách (hoàn thành trong tháng 5/2027).",
        "2. Sở Y tế: Phối hợp với Công an tỉnh phòng dịch.",
        "Báo cáo kết quả trước ngày 15/11/2027.",
        "III. KINH PHÍ",
        "Thanh toán xong trước ngày 31/12/2027.",
    )
    assert [(t.section, t.number, t.lead_text, t.coordinating_text, t.deadline_text) for t in found] == [
        (
            "1. Sở Giáo dục và Đào tạo",
            "a",
            "Sở Giáo dục và Đào tạo",
            "Sở Y tế, UBND các xã",
            "trước ngày 20/8 hằng năm",
        ),
        ("1. Sở Giáo dục và Đào tạo", "", "Sở Giáo dục và Đào tạo", None, "hoàn thành trong tháng 5/2027"),
        ("II. TỔ CHỨC THỰC HIỆN", "", "Sở Y tế", None, "trước ngày 15/11/2027"),
        ("III. KINH PHÍ", "", None, None, "trước ngày 31/12/2027"),
    ]
    assert found[3].doubts
    assert found[3].confidence < 0.7


def test_several_deadlines_in_a_sentence_are_several_duties() -> None:
    found = duties(
        "Sở Y tế lập kế hoạch trước ngày 18/02/2027; báo cáo kết quả trước ngày 20/11 hằng năm (qua Văn phòng)."
    )
    assert [(t.lead_text, t.title) for t in found] == [
        ("Sở Y tế", "Sở Y tế lập kế hoạch trước ngày 18/02/2027"),
        ("Sở Y tế", "báo cáo kết quả trước ngày 20/11 hằng năm (qua Văn phòng)."),
    ]
    found = duties("- Đến năm 2028, 90% số xã có đèn biển, đến năm 2030 mọi xã có đèn biển.")
    assert [t.title for t in found] == ["Đến năm 2028, 90% số xã có đèn biển", "đến năm 2030 mọi xã có đèn biển."]


@pytest.mark.parametrize(
    "words", ["thực hiện thường xuyên", "thực hiện năm 2028 theo lộ trình của Chính phủ", "hằng năm"]
)
def test_deadlines_in_brackets_of_their_own(words: str) -> None:
    (duty,) = duties(f"- Sở Y tế duy trì đội cứu hộ ({words}).")
    assert (duty.lead_text, duty.deadline_text) == ("Sở Y tế", words)


def test_a_duty_printed_twice_is_kept_once_and_counted() -> None:
    line = Paragraph(text="Sở Y tế báo cáo trước ngày 18/02/2027.", place=Place(line=1))
    found = read_duties(Document(format="txt", blocks=(line, line)))
    assert (len(found.tasks), found.repeated) == (1, 1)


def test_title_opening_and_recipients_are_no_duties() -> None:
    assert (
        duties(
            "Phòng dịch trong năm 2028",
            "Thực hiện chỉ đạo trong năm 2028, Ủy ban nhân dân tỉnh ban hành Kế hoạch như sau:",
            "Trên đây là Kế hoạch thực hiện trong năm 2028.",
            "Nơi nhận:",
            "- Sở Y tế (báo cáo trước ngày 01/02/2028);",
            title="Phòng dịch trong năm 2028",
        )
        == ()
    )


def test_the_words_of_every_duty_are_words_that_the_grammar_reads() -> None:
    found = duties(
        "Sở Y tế báo cáo chậm nhất ngày 20 tháng cuối quý; họp trong quý II/2027; gửi dự toán trước "
        "ngày 30/6 hằng năm.",
        "Sở Y tế tập huấn ít nhất mỗi năm 02 lần; rà soát trong tháng 3 năm 2027; tổng kết trước ngày 31/12/2030.",
    )
    unread = [t.deadline_text for t in found if not isinstance(read_deadline(t.deadline_text or ""), Deadline)]
    assert len(found) == 6
    assert unread == []


def test_tasks_printed_with_labels() -> None:
    found = duties(
        "II. NHIỆM VỤ",
        "1. Lập đề án cảng cá",
        "- Cơ quan chủ trì: Sở Xây dựng",
        "- Cơ quan phối hợp: Sở Tài chính, UBND các xã",
        "- Sản phẩm: Quyết định phê duyệt",
        "- Thời gian hoàn thành: Quý II/2027",
        "2. Lắp đèn biển (đơn vị chủ trì: Sở Công Thương; thời hạn: thường xuyên).",
        "3. Sở Y tế: chủ trì, phối hợp với Công an tỉnh phòng dịch.",
    )
    told = [
        (t.number, t.title, t.lead_text, t.coordinating_text, t.product, t.deadline_text, t.place.line)
        for t in found
    ]
    assert told == [
        (
            *("1", "Lập đề án cảng cá", "Sở Xây dựng", "Sở Tài chính, UBND các xã"),
            *("Quyết định phê duyệt", "Quý II/2027", 2),
        ),
        ("2", "Lắp đèn biển", "Sở Công Thương", None, None, "thường xuyên", 7),
    ]
    assert {t.section for t in found} == {"II. NHIỆM VỤ"}


@pytest.mark.parametrize(
    ("sentence", "deadline"),
    [
        ("Sở Y tế báo cáo trước 17 giờ ngày 20/6/2027.", "trước 17 giờ ngày 20/6/2027"),
        ("Hằng năm, trước ngày 15/11, các sở gửi báo cáo.", "Hằng năm, trước ngày 15/11"),
        ("Sở Y tế tổng kết việc thực hiện Kế hoạch vào cuối năm 2030.", "vào cuối năm 2030"),
        ("Sở Y tế họp mỗi quý một lần.", "mỗi quý một lần"),
        ("Đến ngày 31/12/2027, Sở Y tế hoàn thành bàn giao.", "Đến ngày 31/12/2027"),
        ("Sở Y tế gửi số liệu trước ngày 05 tháng sau.", "trước ngày 05 tháng sau"),
    ],
)
def test_more_ways_to_name_a_day(sentence: str, deadline: str) -> None:
    (duty,) = duties(sentence)
    assert duty.deadline_text == deadline


@pytest.mark.parametrize(
    ("sentence", "lead", "deadline"),
    [
        (
            "Sở Du lịch là cơ quan thường trực, giúp UBND tỉnh theo dõi; báo cáo trước ngày 10/12/2027.",
            "Sở Du lịch",
            "trước ngày 10/12/2027",
        ),
        ("Sở Tư pháp làm đầu mối tổng hợp trong tháng 4/2027.", "Sở Tư pháp", "trong tháng 4/2027"),
        (
            "Sở Nội vụ đưa kết quả thực hiện Đề án vào tiêu chí thi đua từ năm 2028.",
            "Sở Nội vụ",
            "từ năm 2028",
        ),
        (
            "Đài Phát thanh và Truyền hình tỉnh mở chuyên mục, thường xuyên giới thiệu gương người tốt.",
            "Đài Phát thanh và Truyền hình tỉnh",
            "thường xuyên",
        ),
        ("Sở Tư pháp trình nghị quyết sau khi có hướng dẫn của Bộ Tư pháp.", "Sở Tư pháp", None),
        ("Hằng năm, các sở gửi kết quả trước ngày 20/11 về Sở Nội vụ.", "các sở", "Hằng năm, trước ngày 20/11"),
    ],
)
def test_more_ways_to_give_a_duty(sentence: str, lead: str, deadline: str | None) -> None:
    (duty,) = duties(sentence)
    assert (duty.lead_text, duty.deadline_text) == (lead, deadline or "sau khi có hướng dẫn của Bộ Tư pháp")
    assert isinstance(read_deadline(duty.deadline_text or ""), Deadline)


@pytest.mark.parametrize(
    "sentence",
    [
        "Sở Tài chính bố trí kinh phí thường xuyên cho các xã.",
        "Sở Y tế phối hợp Ban Thường trực Mặt trận và cơ quan thường trực của Ban Chỉ đạo.",
        "Thường xuyên kiểm tra, đôn đốc các đơn vị.",
        "Sở Y tế báo cáo sau khi kiểm tra hiện trường.",
    ],
)
def test_words_that_only_resemble_a_duty(sentence: str) -> None:
    assert duties(sentence) == ()
