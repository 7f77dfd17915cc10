"""English: every text of a page has one, and an English page has no Vietnamese but people's own words."""

from __future__ import annotations

import ast
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import nodes
from sqlalchemy import select

from config.errors import ConfigError
from deadlines import steps
from deadlines.calendar import Calendar
from deadlines.grammar.sentences import SAID
from deadlines.types import Condition, Unit
from desk.web import words
from desk.web.language import COOKIE, catalogue, english, marked, said
from desk.web.rendering import FOLDER, environment
from flows.steps.workplace import Workplace
from store.schema import tasks
from tests.conftest import ROOT
from tests.desk_gallery import speaking, walk
from tests.desk_samples import Clock, browser, logged_in, with_samples

VIETNAMESE = re.compile(r"[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE)
TEMPLATES = sorted(path.name for path in (FOLDER / "templates").glob("*.html"))


@pytest.fixture
def clock(place: Workplace) -> Clock:
    return Clock(place)


def test_no_text_has_two_englishes() -> None:
    lines = set((FOLDER / "english.tsv").read_text(encoding="utf-8").splitlines())
    texts = [line.split("\t")[0] for line in lines]
    assert sorted(texts) == sorted(set(texts))


def test_places_are_the_same_in_both_languages() -> None:
    for text, told in catalogue().items():
        for form in told.split("|"):
            assert sorted(re.findall(r"\{\w*\}", text)) == sorted(re.findall(r"\{\w*\}", form)), text
        assert "|" not in told or "{" in text, text
        assert not VIETNAMESE.search(told), told


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_text_of_a_template_has_its_english(name: str) -> None:
    source = environment().parse((FOLDER / "templates" / name).read_text(encoding="utf-8"))
    texts = {constant.value for constant in source.find_all(nodes.Const) if isinstance(constant.value, str)}
    assert {text for text in texts if VIETNAMESE.search(text) and text not in catalogue()} == set()


class Reader(HTMLParser):
    """Collects what stands on a page in its own language: not below another `lang`, nor in what was typed."""

    VOID = frozenset("area br col hr img input link meta".split())  # noqa: SIM905
    READ = frozenset({"aria-label", "placeholder", "title", "data-name"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        lang = given.get("lang") or (self.open[-1][1] if self.open else "")
        if lang == "en":
            self.found += [value for name, value in given.items() if name in self.READ]
        if tag not in self.VOID:
            self.open.append((tag, lang))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][1] == "en":
            self.found.append(data.strip())


def read_in_english(page: str) -> list[str]:
    reader = Reader()
    reader.feed(page)
    # The plan's own words stand in quotes inside our sentences; the name of the program is a name.
    return [text for text in reader.found if VIETNAMESE.search(re.sub("“[^”]*”|Đôn Đốc", "", text))]


def test_the_reader_of_pages_sees_vietnamese_where_it_stands() -> None:
    page = '<html lang="en"><p>Chào <b lang="vi">bạn</b></p><input placeholder="Số"><br><i>no</i></html>'
    assert read_in_english(page) == ["Chào", "Số"]


def test_an_english_page_has_no_vietnamese_but_peoples_own_words(place: Workplace, clock: Clock) -> None:
    """Every page, to every role, after every form, and the pages of a fifth of all tasks."""
    wrong: dict[str, object] = {}
    for name, text in walk(place, clock, "en"):
        assert ('<html lang="en">' in text) is (name != "admin-template-mail" or "<!DOCTYPE" not in text), name
        if found := read_in_english(text) + said_in_vietnamese(text):
            wrong[name] = found
    admin = speaking(logged_in(place, clock, "admin", name="hai"), "en")
    with place.database.read() as connection:
        for one in connection.execute(select(tasks.c.id)).scalars().all()[::5]:
            if found := read_in_english(admin.get(f"/tasks/{one}").text):
                wrong[str(one)] = found
    assert wrong == {}


def said_in_vietnamese(page: str) -> list[str]:
    """What the program says, has English for, and yet shows as if it were people's own words."""
    own = set(re.findall(r'<(?:li|dd|p|h1|h2|th|span class="mark[^"]*") lang="vi">([^<]+)<', page))
    return sorted(text for text in own if VIETNAMESE.search(text) and text in catalogue())


LOOKED_AT_OTHERWISE = {"api", "language", "stage_words", "words"}
"""What programs read, the languages' own names, and the parts of sentences that are looked for whole."""


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(FOLDER.glob("*.py")) if path.stem not in LOOKED_AT_OTHERWISE],
    ids=lambda path: path.stem,
)
def test_every_text_of_a_page_has_its_english(path: Path) -> None:
    left = {text for text in said_by(path) if english(text) == text}
    assert left <= PIECES.get(path.name, set())


PIECES = {
    "charts.py": {", {} dự kiến"},
    "directory_pages.py": {"Không khôi phục được: "},
    "account.py": {"Đôn Đốc"},
    "session_pages.py": {"Cốc Cốc"},
}
"""Parts of sentences that the file has whole, and names."""


ELSEWHERE = {
    "config/agencies.py": set[str](),
    "config/agency_sheets.py": {
        "một trong: ",
        "có cột ",
        "các trang tính ",
        "tệp không quá ",
        ", dòng 1",
        ", dòng ",
        "{}, dòng 1",
    },
    "config/agency_tables.py": {"một trong: "},
    "config/calendars.py": {"một ngày của năm {}", ", hoặc ghi official = false khi chưa đủ", "có cả ngày {}"},
    "config/policies.py": set[str](),
    "deadlines/directory_change.py": set[str](),
    "deadlines/policy.py": set[str](),
    "flows/steps/amending.py": {
        "không thấy nhiệm vụ nào như vậy",
        "kế hoạch chưa được nhập",
        "lời văn có {} chỉ dẫn sửa đổi nhiệm vụ đã lưu, cần người xác nhận.",
        "không có chỉ dẫn sửa đổi số {}.",
        "Chọn trong các số từ 1 đến {}.",
        "Xem bằng lệnh dondoc import --dry-run, rồi nhập với --confirm all, --confirm 1,3 hoặc --confirm none.",
        "“{}” ({}): {}.",
    },
    "plans/amending.py": set[str](),
}
"""Modules whose words the desk hands on, and what of them is a part of a sentence or is said elsewhere only."""


@pytest.mark.parametrize("path", ELSEWHERE)
def test_what_other_rooms_tell_at_the_desk_has_its_english(path: str) -> None:
    left = {text for text in said_by(ROOT / path) if english(text) == text}
    assert left <= ELSEWHERE[path]


@pytest.mark.parametrize(
    ("field", "value", "allowed"),
    [("lead.due", "x", "một bảng các diễn biến"), ("lead.due", "", "một bảng các diễn biến"), ("", "", "tệp này")],
)
def test_a_mistake_of_the_configuration_is_told_in_english(field: str, value: str, allowed: str) -> None:
    wrong = ConfigError(file="policies.toml", field=field, value=value, allowed=allowed)
    assert VIETNAMESE.search(str(wrong))
    assert VIETNAMESE.search(english(str(wrong))) is None


def test_every_rule_of_reading_has_its_english() -> None:
    assert [told for told in SAID.values() if VIETNAMESE.search(told) and told not in catalogue()] == []


DAY = date(2026, 6, 6)
AWAITED = Condition(actors=("Chính phủ",), act="ban hành", instrument="Nghị định", number="15/2026/NĐ-CP")
CALENDAR = Calendar(off={date(2026, 9, 2): "Quốc khánh"}, working={}, official=frozenset({2026}))
STEPS = [
    steps.day_before(DAY, DAY), steps.named_is_last(DAY), steps.year_found(DAY, DAY), steps.year_missing(),
    steps.plan_undated(), *(steps.counted(DAY, 3, unit, DAY) for unit in Unit),
    steps.counted_by_default(DAY, 3, Unit.DAYS, DAY), steps.waiting(AWAITED), steps.gate_shut(AWAITED),
    steps.waiting(Condition(after_task="8.2")), steps.manner(AWAITED), steps.passed_by(AWAITED),
    steps.followed(AWAITED), steps.uncertain(), steps.gate_open_late(DAY, DAY, DAY), steps.gate_open(DAY),
    steps.confirmed(), steps.extended(None, DAY), steps.extended(DAY, date(2026, 7, 1)),
    steps.first_of_many(DAY, None), steps.first_of_many(DAY, DAY), steps.reporting(DAY), steps.opening(DAY),
    steps.no_date(),
    *(
        steps.due(on, aim, late, CALENDAR)
        for on, aim in (
            (date(2026, 6, 5), date(2026, 6, 5)), (DAY, date(2026, 6, 5)), (DAY, date(2026, 6, 8)),
            (date(2026, 9, 2), date(2026, 9, 1)), (date(2027, 6, 5), date(2027, 6, 4)),
        )
        for late in (None, DAY)
    ),
]  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
def test_every_step_to_a_date_is_told_in_english(step: str) -> None:
    assert read_in_english(f'<html lang="en"><p>{marked("en", step)}</p></html>') == []
    assert "<span" not in marked("en", re.sub("Nghị định.*Chính phủ|Quốc khánh|ban hành Nghị định", "X", step))


def test_what_is_not_ours_is_marked_and_harmless() -> None:
    assert marked("en", "Sở Y tế <b>") == '<span lang="vi">Sở Y tế &lt;b&gt;</span>'
    assert marked("en", "Đang chờ Nghị định <i>: chưa có hạn.") == (
        'Waiting for <span lang="vi">Nghị định &lt;i&gt;</span>: no due date yet.'
    )
    assert marked("vi", "Sở Y tế & Nội vụ") == "Sở Y tế &amp; Nội vụ"


def said_by(path: Path) -> set[str]:
    """The Vietnamese texts of a module, f-strings with a place for each value; docstrings are not said."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {
        node.value for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    inside = {part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            found.add("".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docs | inside:
            found.add(node.value)
    return {text for text in found if VIETNAMESE.search(text)}


def test_every_word_for_states_has_its_english() -> None:
    for table in vars(words).values():
        if isinstance(table, dict) and table and all(isinstance(text, str) for text in table.values()):
            assert [text for text in table.values() if VIETNAMESE.search(text) and text not in catalogue()] == []


def test_sentences_are_found_by_their_places() -> None:
    assert english("còn 5 ngày") == "5 days left"
    assert english("còn 1 ngày") == "1 day left"
    assert english("Trước hạn 30 ngày") == "30 days before"
    assert english("Một câu do người dùng viết") == "Một câu do người dùng viết"
    assert said("vi", "còn 5 ngày") == "còn 5 ngày"


def test_the_switch_keeps_the_language_and_the_page(place: Workplace, clock: Clock) -> None:
    with_samples(place)
    client = logged_in(place, clock, "viewer")
    before = client.get("/tasks?q=so&told=saved").text
    assert '<html lang="vi">' in before
    assert 'name="next" value="/tasks?q=so"' in before
    answer = client.post("/language", data={"to": "en", "next": "/tasks?q=so"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/tasks?q=so")
    after = client.get("/tasks?q=so").text
    assert '<html lang="en">' in after
    assert "Log out" in after
    client.post("/language", data={"to": "vi", "next": "/"})
    assert '<html lang="vi">' in client.get("/tasks").text


@pytest.mark.parametrize("to", ["", "fr", "vi;en", "<b>", "EN"])
def test_no_other_language_is_kept(place: Workplace, clock: Clock, to: str) -> None:
    client = browser(place, clock)
    answer = client.post("/language", data={"to": to, "next": "//evil.example"})
    assert answer.headers["location"] == "/"
    assert COOKIE not in answer.headers.get("set-cookie", "")
