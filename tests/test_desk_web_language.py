"""English: every text of a page has one, and an English page has no Vietnamese but people's own words."""

from __future__ import annotations

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import nodes
from sqlalchemy import select

from desk.web import words
from desk.web.language import COOKIE, catalogue, english, said
from desk.web.rendering import FOLDER, environment
from flows.steps.answering import Said, receive
from flows.steps.workplace import Workplace
from store.schema import tasks
from tests.desk_samples import Clock, browser, lead_due, logged_in, morning, with_samples

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


NOT_YET = frozenset({"agencies.html", "agency.html", "policies.html", "review.html"})
"""Templates whose words still stand in Vietnamese only."""


@pytest.mark.parametrize("name", sorted(set(TEMPLATES) - NOT_YET))
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
    with_samples(place)
    client = logged_in(place, clock, "admin")
    morning(place, clock)
    task, due = lead_due(place, "phu-chau.so-khoa-hoc-va-cong-nghe")
    said_ = Said(kind="done", document="12/BC", on=clock().date())
    receive(place, "phu-chau.so-khoa-hoc-va-cong-nghe", due, said_, now=clock(), today=clock().date())
    client.post("/language", data={"to": "en", "next": "/"})
    paths = ["/", "/tasks", "/tasks?status=late", "/tasks?attention=1", f"/tasks/{task}", "/answers", "/plans"]
    paths += ["/messages", "/messages/1", "/charts", "/audit?verify=1", "/events", "/tasks/99999", "/nowhere"]
    with place.database.read() as connection:
        paths += [f"/tasks/{one}" for one in connection.execute(select(tasks.c.id)).scalars()][::5]
    wrong = {path: found for path in paths if (found := read_in_english(client.get(path).text))}
    assert wrong == {}
    client.cookies.delete("dondoc")
    assert read_in_english(client.get("/login").text) == []


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
