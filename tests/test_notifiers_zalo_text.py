"""The plain-text form of a notice: its words by urgency, never more than 2,000 characters."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import TemplateError
from jinja2.exceptions import SecurityError

from notifiers.message import Line, Notice, Urgency
from notifiers.zalo.templates import Param, Template, check
from notifiers.zalo.text import default_template, zalo_fields, zalo_text

LINE = Line(
    key="t0:once",
    urgency=Urgency.SOON,
    number="18",
    title="Xây dựng đề án nâng cao năng lực trạm y tế xã",
    plan="Kế hoạch số 12/KH-UBND ngày 05/01/2026",
    deadline_text="Quý IV/2026",
    due=date(2026, 12, 31),
    days_left=31,
)
NOTICE = Notice(
    agency="Sở Y tế",
    province="Ủy ban nhân dân tỉnh An Hòa",
    on=date(2026, 11, 30),
    lines=(LINE,),
    sender="Văn phòng UBND tỉnh An Hòa",
    link="https://nhac.anhoa.example/cq/abc",
)


def test_one_task_reads_as_an_office_would_write_it() -> None:
    assert zalo_text(NOTICE) == (
        "Văn phòng UBND tỉnh An Hòa\n"
        "Kính gửi: Sở Y tế\n"
        "Ngày 30/11/2026, đơn vị có 1 nhiệm vụ cần lưu ý:\n"
        "\n"
        "SẮP ĐẾN HẠN\n"
        "- Nhiệm vụ 18: Xây dựng đề án nâng cao năng lực trạm y tế xã\n"
        "  Thời hạn 31/12/2026, còn 31 ngày (Kế hoạch số 12/KH-UBND ngày 05/01/2026)\n"
        "Đề nghị bảo đảm tiến độ và báo cáo kết quả đúng thời hạn.\n"
        "\n"
        "Xem chi tiết và báo cáo: https://nhac.anhoa.example/cq/abc"
    )


@pytest.mark.parametrize(
    ("urgency", "days", "words"),
    [
        (Urgency.ESCALATED, -40, "quá hạn 40 ngày"),
        (Urgency.OVERDUE, -3, "quá hạn 3 ngày"),
        (Urgency.TODAY, 0, "hôm nay"),
        (Urgency.SOON, 7, "còn 7 ngày"),
        (Urgency.OPENING, 200, "chủ động triển khai"),
        (Urgency.CHANGED, 30, "thời hạn mới"),
        (Urgency.REPORT, 5, "báo cáo đúng kỳ"),
        (Urgency.NEW, 60, "nghiên cứu"),
        (Urgency.QUESTION, 1, "đã được ban hành hay chưa"),
    ],
)
def test_each_urgency_has_its_own_words(urgency: Urgency, days: int, words: str) -> None:
    texts = {
        other: zalo_text(replace(NOTICE, lines=(replace(LINE, urgency=other, days_left=days),)))
        for other in Urgency
    }
    assert words in texts[urgency]
    heads = {text.splitlines()[4] for text in texts.values()}
    assert len(heads) == len(Urgency)


def test_the_most_urgent_comes_first_and_late_ones_are_counted() -> None:
    late = replace(LINE, urgency=Urgency.OVERDUE, number="2", days_left=-4, due=date(2026, 11, 26))
    text = zalo_text(replace(NOTICE, lines=(LINE, late)))
    assert text.index("QUÁ HẠN") < text.index("SẮP ĐẾN HẠN")
    assert "2 nhiệm vụ cần lưu ý, trong đó 1 nhiệm vụ đã quá hạn:" in text


def test_a_task_without_a_date_shows_the_printed_words() -> None:
    open_ended = replace(LINE, urgency=Urgency.REPORT, due=None, days_left=None, deadline_text="Thường xuyên")
    assert "Thời hạn: Thường xuyên" in zalo_text(replace(NOTICE, lines=(open_ended,)))


def test_notes_roles_and_the_addressee() -> None:
    line = replace(LINE, role="coordinating", lead="Sở Xây dựng", note="Lùi từ 30/11/2026 theo Công văn 5.")
    text = zalo_text(replace(NOTICE, lines=(line,), addressed_to="Giám đốc Sở Y tế"))
    assert "(PHỐI HỢP)" in text
    assert "(chủ trì: Sở Xây dựng)" in text
    assert "Đề nghị chủ động phối hợp với cơ quan chủ trì." in text
    assert "Lùi từ 30/11/2026 theo Công văn 5." in text
    assert "Kính gửi: Giám đốc Sở Y tế" in text


@pytest.mark.parametrize("count", [10, 40, 500])
def test_many_tasks_fit_and_the_rest_is_counted(count: int) -> None:
    lines = tuple(replace(LINE, number=str(n), title=f"Nhiệm vụ dài {n} " + "rất dài " * 60) for n in range(count))
    text = zalo_text(replace(NOTICE, lines=lines))
    assert len(text) <= 2000
    told = text.count("\n- Nhiệm vụ")
    assert told >= 5
    assert told == count or f"Còn {count - told} nhiệm vụ khác" in text
    assert text.endswith("https://nhac.anhoa.example/cq/abc")


@pytest.mark.parametrize("agency", ["Sở " + "y tế " * 2000, "😀" * 3000])
def test_a_name_without_end_is_cut(agency: str) -> None:
    text = zalo_text(replace(NOTICE, agency=agency))
    assert len(text.encode("utf-16-le")) <= 4000
    assert text.endswith("…")


words = st.text(max_size=400)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(words, words, st.sampled_from(Urgency)), max_size=30), words)
def test_whatever_is_printed_it_stays_within_the_limit(rows: list[tuple[str, str, Urgency]], agency: str) -> None:
    lines = tuple(replace(LINE, title=a, plan=b, urgency=c) for a, b, c in rows)
    text = zalo_text(replace(NOTICE, agency=agency, lines=lines))
    assert len(text.encode("utf-16-le")) <= 4000
    assert "\x00" not in text
    assert "\u202e" not in text


def test_braces_in_a_plan_are_words() -> None:
    hostile = replace(LINE, title="{{ 7*7 }} <b>đậm</b> & {% if %}")
    assert "{{ 7*7 }} <b>đậm</b> & {% if %}" in zalo_text(replace(NOTICE, lines=(hostile,)))


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ lines.append(1) }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ missing }}",
        "{% include '/etc/passwd' %}",
    ],
)
def test_an_admins_template_stays_in_its_sandbox(template: str) -> None:
    with pytest.raises((SecurityError, TemplateError)):
        zalo_text(NOTICE, template)


def test_an_admin_may_write_another() -> None:
    assert zalo_text(NOTICE, "{{ agency }}: {{ count }} việc") == "Sở Y tế: 1 việc"
    assert "Biến dùng được" in default_template()


def test_the_parameters_of_a_template_come_from_the_notice() -> None:
    template = Template(
        name="nhac-viec",
        id="1",
        params=(
            Param(name="agency", value="{{ agency }}", max_length=10, shorten=True),
            Param(name="late", value="{{ late_count }}"),
            Param(name="due", value="{{ nearest_due or on }}"),
        ),
    )
    fields = zalo_fields(replace(NOTICE, agency="Sở Nông nghiệp và Môi trường"), template)
    assert fields == {"agency": "Sở Nông…", "late": "0", "due": "31/12/2026"}
    check(template.params, fields)
    undated = replace(NOTICE, lines=(replace(LINE, due=None, days_left=None),))
    assert zalo_fields(undated, template)["due"] == "30/11/2026"


def test_who_only_helps_with_a_late_task_is_not_called_late() -> None:
    own = replace(LINE, urgency=Urgency.OVERDUE, days_left=-3)
    other = replace(LINE, urgency=Urgency.ESCALATED, days_left=-40, role="coordinating", lead="Sở Xây dựng")
    text = zalo_text(replace(NOTICE, lines=(own, other)))
    assert "có 2 nhiệm vụ cần lưu ý, trong đó 1 nhiệm vụ đã quá hạn, 1 nhiệm vụ phối hợp:" in text
    assert "QUÁ HẠN NHIỀU NGÀY (PHỐI HỢP)" in text
    assert "LÃNH ĐẠO" not in text
