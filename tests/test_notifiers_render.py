"""What agencies read: order, dates, wording by urgency, threading, the admin's own words, looks."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from lxml import html as lxml_html

from notifiers.email_message import build
from notifiers.message import Line, Urgency
from notifiers.render import RenderError, check_templates, render
from tests.mail_samples import CREATED, SENDER, notice
from tests.mail_samples import line as task

WORDING = {
    Urgency.ESCALATED: ("Kính đề nghị lãnh đạo cơ quan chỉ đạo", "Quá hạn nhiều ngày"),
    Urgency.OVERDUE: ("khẩn trương hoàn thành", "Đã quá hạn"),
    Urgency.TODAY: ("báo cáo kết quả trong ngày", "Đến hạn hôm nay"),
    Urgency.SOON: ("chủ động thực hiện", "Sắp đến hạn"),
    Urgency.OPENING: ("tổ chức triển khai", "Bắt đầu thực hiện"),
    Urgency.CHANGED: ("theo thời hạn mới", "Thời hạn có thay đổi"),
    Urgency.REPORT: ("báo cáo tình hình thực hiện", "Đến kỳ báo cáo"),
    Urgency.NEW: ("trân trọng thông báo", "Mới được giao"),
    Urgency.QUESTION: ("văn bản nào đã được ban hành", "Chờ văn bản ban hành"),
}


def mixed() -> tuple[Line, ...]:
    return (
        task("Việc sắp tới", urgency=Urgency.SOON, product="Quyết định", link="https://x.example/1"),
        task("Việc trễ", due=date(2026, 5, 15), urgency=Urgency.OVERDUE),
        task("Việc hôm nay", due=date(2026, 6, 1), urgency=Urgency.TODAY, role="coordinating", lead="Sở Nội vụ"),
        task("Việc thường xuyên", due=None, urgency=Urgency.REPORT, deadline_text="Thường xuyên"),
    )


@pytest.mark.parametrize("urgency", Urgency)
def test_each_urgency_has_words_of_its_own(urgency: Urgency) -> None:
    late = urgency in {Urgency.ESCALATED, Urgency.OVERDUE}
    given = render(
        notice(task(urgency=urgency, due=date(2026, 5, 1) if late else date(2026, 6, 30))),
        key="k", to="a@b.example", created=CREATED,
    )  # fmt: skip
    page = lxml_html.fromstring(given.html).text_content()
    for words in WORDING[urgency]:
        assert words in page
        assert words.upper() in given.text.upper()
    others = [words for other, (words, _) in WORDING.items() if other is not urgency]
    assert not [words for words in others if words in given.text]


HELPING = {
    Urgency.ESCALATED: "chỉ đạo tăng cường phối hợp với cơ quan chủ trì",
    Urgency.OVERDUE: "đã quá hạn. Văn phòng UBND tỉnh Minh Sơn đề nghị quý cơ quan chủ động phối hợp",
    Urgency.TODAY: "phối hợp với cơ quan chủ trì hoàn thành đúng hạn",
    Urgency.SOON: "phối hợp với cơ quan chủ trì, bảo đảm tiến độ",
    Urgency.OPENING: "phối hợp với cơ quan chủ trì tổ chức triển khai",
    Urgency.CHANGED: "phối hợp với cơ quan chủ trì theo thời hạn mới",
    Urgency.REPORT: "cung cấp thông tin, số liệu cho cơ quan chủ trì tổng hợp",
    Urgency.NEW: "được giao phối hợp thực hiện 1 nhiệm vụ mới",
}


@pytest.mark.parametrize("urgency", HELPING)
def test_who_only_helps_is_asked_to_help_and_not_to_finish(urgency: Urgency) -> None:
    late = urgency in {Urgency.ESCALATED, Urgency.OVERDUE}
    helping = task(
        urgency=urgency, role="coordinating", lead="Sở Nội vụ", due=date(2026, 5, 1) if late else date(2026, 6, 30)
    )
    given = render(notice(helping), key="k", to="a@b.example", created=CREATED)
    page = " ".join(lxml_html.fromstring(given.html).text_content().split())
    assert HELPING[urgency] in page
    assert HELPING[urgency] in given.text
    for theirs in ("khẩn trương hoàn thành", "gia hạn", "báo cáo kết quả", "nguyên nhân chậm"):
        assert theirs not in given.text
    assert "PHỐI HỢP THỰC HIỆN (1)" in given.text
    assert given.subject.startswith("[Đôn đốc] Phối hợp – ")


def test_what_it_leads_comes_before_what_it_helps_with() -> None:
    own = task("Việc chủ trì", urgency=Urgency.OVERDUE, due=date(2026, 5, 20))
    other = task("Việc phối hợp", urgency=Urgency.OVERDUE, due=date(2026, 5, 1), role="coordinating")
    given = render(notice(other, own), key="k", to="a@b.example", created=CREATED)
    assert given.text.index("Việc chủ trì") < given.text.index("Việc phối hợp")
    assert "có 1 nhiệm vụ đã quá hạn" in given.text
    assert "Cùng thư này là 1 nhiệm vụ khác" in given.text
    assert "1 quá hạn, 1 phối hợp (" in given.subject


def test_where_it_only_helps_the_subject_says_with_what() -> None:
    late = task("Một", urgency=Urgency.OVERDUE, due=date(2026, 5, 1), role="coordinating")
    near = task("Hai", urgency=Urgency.SOON, role="coordinating")
    given = render(notice(late, near), key="k", to="a@b.example", created=CREATED)
    assert "1 quá hạn (phối hợp), 1 sắp đến hạn (phối hợp)" in given.subject


def test_a_superior_is_told_of_a_body_under_it() -> None:
    late = task(
        urgency=Urgency.ESCALATED, due=date(2026, 4, 1), role="overseeing", note="Cơ quan chủ trì: Chi cục."
    )
    given = render(notice(late, link=None), key="k", to="a@b.example", created=CREATED)
    assert "thuộc phạm vi quản lý của Sở Y tế" in given.text
    assert "ý kiến chỉ đạo" in given.text


def test_most_urgent_first_with_full_dates() -> None:
    given = render(notice(*mixed()), key="k", to="a@b.example", created=CREATED)
    places = [
        given.text.index(words) for words in ("Việc trễ", "Việc hôm nay", "Việc sắp tới", "Việc thường xuyên")
    ]
    assert places == sorted(places)
    for words in ("15/05/2026 – Quá hạn 17 ngày", "30/06/2026 – Còn 29 ngày", "Phối hợp (chủ trì: Sở Nội vụ)"):
        assert words in given.text
    assert given.subject == (
        "[Đôn đốc] Sở Y tế: 1 quá hạn, 1 sắp đến hạn, 1 đến kỳ báo cáo, 1 phối hợp (01/06/2026)"
    )


def test_text_and_html_say_the_same() -> None:
    given = render(notice(*mixed()), key="k", to="a@b.example", created=CREATED)
    page = " ".join(lxml_html.fromstring(given.html).text_content().split())
    for words in ("Kính gửi: Sở Y tế", "Trân trọng.", "tonghop@vp.minhson.example", "Văn phòng UBND tỉnh Minh Sơn",
                  "Còn 29 ngày", "Kết quả, sản phẩm: Quyết định", "thoi-han.ics", "Quý II/2026"):  # fmt: skip
        assert words in page
        assert words in given.text
    assert "https://dondoc.minhson.example/a/xyz" in given.text
    assert "https://dondoc.minhson.example/a/xyz" in given.html


def test_what_is_not_theirs_to_finish_is_not_headed_as_if_it_were() -> None:
    late = task(urgency=Urgency.ESCALATED, due=date(2026, 4, 1), role="coordinating", lead="Sở Nội vụ")
    given = render(notice(late), key="k", to="a@b.example", created=CREATED)
    assert "QUÁ HẠN NHIỀU NGÀY – PHỐI HỢP THỰC HIỆN (1)" in given.text
    assert "Quá hạn nhiều ngày – phối hợp thực hiện" in given.html
    assert "nhắc nhiều lần" not in given.text


def test_the_subject_of_a_changed_date_says_so() -> None:
    given = render(notice(task("Một", urgency=Urgency.CHANGED)), key="k", to="a@b.example", created=CREATED)
    assert given.subject == "[Đôn đốc] Thay đổi thời hạn: Một (hạn 30/06/2026)"


def test_an_escalation_goes_to_the_leadership() -> None:
    late = task(urgency=Urgency.ESCALATED, due=date(2026, 4, 1))
    given = render(notice(late, addressed_to="Lãnh đạo Sở Y tế"), key="k", to="a@b.example", created=CREATED)
    assert given.text.startswith("Kính gửi: Lãnh đạo Sở Y tế\n")


def test_without_a_page_the_answer_is_a_reply_or_the_office() -> None:
    by_reply = render(notice(link=None), key="k", to="a@b.example", created=CREATED)
    assert "trả lời thư này" in by_reply.text
    by_office = render(notice(link=None, reply_to=None), key="k", to="a@b.example", created=CREATED)
    assert "xin liên hệ Văn phòng UBND tỉnh Minh Sơn" in by_office.text
    assert "trả lời thư này" not in by_office.text


def test_the_same_notice_gives_the_same_message() -> None:
    given = [render(notice(*mixed()), key="k", to="a@b.example", created=CREATED) for _ in range(2)]
    assert given[0] == given[1]


def test_over_fifty_tasks_bring_a_sheet_and_hide_the_rest() -> None:
    lines = [task(f"Nhiệm vụ {number:03}", key=str(number)) for number in range(51)]
    given = render(notice(*lines), key="k", to="a@b.example", created=CREATED)
    assert [item.name for item in given.attachments] == ["nhiem-vu-20260601.xlsx", "thoi-han.ics"]
    assert "Còn 1 nhiệm vụ khác; danh sách đầy đủ trong tệp nhiem-vu-20260601.xlsx kèm theo." in given.text
    assert "Nhiệm vụ 049" in given.text
    assert "Nhiệm vụ 050" not in given.text
    fifty = render(notice(*lines[:50]), key="k", to="a@b.example", created=CREATED)
    assert [item.name for item in fifty.attachments] == ["thoi-han.ics"]


def test_a_long_title_is_whole_in_the_body_and_short_in_the_subject() -> None:
    title = "Xây dựng và triển khai kế hoạch phối hợp liên ngành " * 20
    given = render(notice(task(title)), key="k", to="a@b.example", created=CREATED)
    assert title.strip() in given.text
    assert len(given.subject) < 160
    assert "…" in given.subject


def test_a_notice_without_lines_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="at least one line"):
        render(replace(notice(), lines=()), key="k", to="a@b.example", created=CREATED)


# -- the admin's own words ---------------------------------------------------------------------------------------


def own_wording(folder: Path, old: str, new: str) -> Path:
    import notifiers.templates

    source = Path(notifiers.templates.__file__).with_name("wording.j2").read_text()
    assert old in source
    (folder / "wording.j2").write_text(source.replace(old, new))
    return folder


def test_an_admin_may_reword(tmp_path: Path) -> None:
    folder = own_wording(tmp_path, "Trân trọng.", "Trân trọng cảm ơn quý cơ quan.")
    given = render(notice(), key="k", to="a@b.example", created=CREATED, templates=folder)
    assert "Trân trọng cảm ơn quý cơ quan." in given.text
    assert "Trân trọng cảm ơn quý cơ quan." in given.html
    check_templates(folder)


@pytest.mark.parametrize(
    "wrong",
    ["{{ v.agency", "{{ v.no_such_word }}", "{{ ''.__class__.__mro__ }}", "{% for x in range(10**9) %}{% endfor %}",
     "{{ 1/0 }}", "{{ v.groups.append(1) }}", "{% include '/etc/hostname' %}", "{% include '../render.py' %}"],
)  # fmt: skip
def test_a_wrong_template_says_where_and_does_no_harm(tmp_path: Path, wrong: str) -> None:
    folder = own_wording(tmp_path, "Trân trọng.", wrong)
    with pytest.raises(RenderError, match="mẫu thư sai"):
        render(notice(), key="k", to="a@b.example", created=CREATED, templates=folder)


def test_check_finds_the_line_of_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "wording.j2").write_text("{% macro subject(v) %}\n{{ v.agency\n{% endmacro %}")
    with pytest.raises(RenderError, match=r"wording\.j2, dòng"):
        check_templates(tmp_path)


# -- looks -------------------------------------------------------------------------------------------------------


def test_html_is_valid_for_tidy(tmp_path: Path) -> None:
    tidy = shutil.which("tidy")
    if tidy is None:
        pytest.skip("no HTML validator: apt-get install tidy")
    page = tmp_path / "mail.html"
    page.write_text(render(notice(*mixed()), key="k", to="a@b.example", created=CREATED).html)
    told = subprocess.run([tidy, "-e", "-q", "-utf8", str(page)], capture_output=True, text=True, check=False)
    errors = [row for row in told.stderr.splitlines() if "Error" in row]
    # Presentational attributes stay: Outlook reads them and not CSS.
    for_outlook = ("proprietary", "not allowed for HTML5")
    warnings = [
        row for row in told.stderr.splitlines() if "Warning" in row and not any(w in row for w in for_outlook)
    ]
    assert errors == []
    assert warnings == []


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_in_a_browser_it_fits_is_legible_and_asks_for_nothing(width: int, scheme: str) -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no browser: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    words = "Liênkếtkhôngcókhoảngtrắng" * 12
    page_html = render(notice(*mixed(), task(words)), key="k", to="a@b.example", created=CREATED).html
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=flags)
        page = browser.new_page(
            viewport={"width": width, "height": 800},
            color_scheme="dark" if scheme == "dark" else "light",
        )
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.set_content(page_html)
        wide = page.evaluate("document.documentElement.scrollWidth")
        pairs = page.evaluate(COLOURS)
        browser.close()
    assert wide <= width
    assert asked == []
    assert pairs
    for words_shown, text, ground in pairs:
        lighter, darker = sorted((luminance(text), luminance(ground)), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, words_shown


COLOURS = """() => {
  const hex = c => '#' + c.match(/\\d+/g).slice(0, 3).map(n => Number(n).toString(16).padStart(2, '0')).join('');
  const found = [];
  for (const e of document.querySelectorAll('body *')) {
    const own = [...e.childNodes].filter(n => n.nodeType === 3).map(n => n.data.trim()).join('');
    if (!own || !e.getClientRects().length || ['STYLE', 'TITLE'].includes(e.tagName)) continue;
    let ground = e;
    while (ground && getComputedStyle(ground).backgroundColor === 'rgba(0, 0, 0, 0)') ground = ground.parentElement;
    found.push([own.slice(0, 40), hex(getComputedStyle(e).color), hex(getComputedStyle(ground).backgroundColor)]);
  }
  return found;
}"""


def test_spamassassin_finds_nothing_to_object_to() -> None:
    program = shutil.which("spamassassin")
    if program is None:
        pytest.skip("no spam checker: apt-get install spamassassin")
    mail = build(render(notice(*mixed()), key="k", to="a@b.example", created=CREATED), SENDER)
    told = subprocess.run([program, "-L", "-t"], input=mail, capture_output=True, check=False).stdout.decode()
    found = re.search(r"Content analysis details:\s+\((-?[\d.]+) points", told)
    if found is None:
        pytest.skip("spamassassin has no rules here: sa-update or apt-get install spamassassin")
    assert float(found[1]) < 1.0
