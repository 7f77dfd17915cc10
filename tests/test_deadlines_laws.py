"""Laws of reading: how a text is typed, printed or broken never changes or breaks what it means."""

from __future__ import annotations

import csv
import re
import sys
import time
import unicodedata
from dataclasses import replace
from datetime import date
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from deadlines.canonical import canonical
from deadlines.explain_json import describe
from deadlines.grammar import find_conditions, forget_shapes, prepare, read, read_afresh, read_task
from deadlines.types import Condition, Conditional, Deadline, Reading, Term

with (Path(__file__).parent / "corpora" / "deadlines.tsv").open(encoding="utf-8", newline="") as _file:
    ROWS = list(csv.DictReader(_file, delimiter="\t", quoting=csv.QUOTE_NONE))
MANY = settings(max_examples=400, deadline=None)
TEXTS = st.sampled_from([row["text"] for row in ROWS if row["text"].strip(" -.…")])
SIGNS = {",", ";", ".", ":", "(", ")", "-", "–", "/", "&", "+", "\n", '"'}
WORDS = st.sampled_from(sorted({word for row in ROWS for word in row["text"].replace("/", " / ").split()} | SIGNS))


def plain(words: str) -> str:
    return re.sub("[–—‐‑−]", "-", words.lower())


def same_case(term: Term) -> Term:
    """A condition's words are kept as printed, so capitals and dashes are what may differ there."""
    if not isinstance(term, Conditional):
        return term
    condition = term.condition
    lowered = Condition(
        actors=tuple(plain(actor) for actor in condition.actors),
        act=condition.act and plain(condition.act),
        instrument=condition.instrument and plain(condition.instrument),
        number=condition.number and plain(condition.number),
        after_task=condition.after_task,
        this_plan=condition.this_plan,
    )
    return replace(term, condition=lowered)


def terms(reading: Reading) -> list[tuple[Term, ...]]:
    match reading:
        case Deadline():
            return [tuple(map(same_case, reading.terms))]
        case _:
            return [tuple(map(same_case, one.terms)) for one in getattr(reading, "readings", ())]


@MANY
@given(TEXTS, st.sampled_from(["NFC", "NFD", "NFKC"]))
def test_the_form_of_unicode_changes_nothing(text: str, form: str) -> None:
    assert terms(read(unicodedata.normalize(form, text))) == terms(read(text))  # type: ignore[arg-type]


@MANY
@given(TEXTS, st.sampled_from([str.upper, str.lower, str.swapcase]))
def test_capitals_change_nothing(text: str, change: object) -> None:
    assert terms(read(change(text))) == terms(read(text))  # type: ignore[operator]


@MANY
@given(TEXTS, st.sampled_from(["  ", "\t", "\u00a0", " \n ", "\u2009"]), st.sampled_from(["", " ", "\n"]))
def test_white_space_changes_nothing(text: str, blank: str, edge: str) -> None:
    assert terms(read(edge + text.replace(" ", blank) + edge)) == terms(read(text))


@MANY
@given(TEXTS, st.sampled_from([".", " .", ";", ",", "./.", "...", "…"]))
def test_final_dots_change_nothing(text: str, end: str) -> None:
    assert terms(read(text + end)) == terms(read(text))


@MANY
@given(TEXTS, st.sampled_from("–—‐‑−"))
def test_the_kind_of_dash_changes_nothing(text: str, dash: str) -> None:
    assert terms(read(text.replace("-", dash))) == terms(read(text))


@MANY
@given(TEXTS)
def test_a_text_without_diacritics_never_reads_as_something_else(text: str) -> None:
    """Plain letters may be too little to read by, but they must not give another date."""
    reading = read(text)
    plain = "".join(
        c
        for c in unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
        if not unicodedata.combining(c)
    )
    entry, other = describe(reading, issued=date(2026, 1, 1)), describe(read(plain), issued=date(2026, 1, 1))
    if other["kinds"] != ["unread"]:
        assert (other["due"], other["start"], other["rrule"]) == (entry["due"], entry["start"], entry["rrule"])


@MANY
@given(TEXTS)
def test_what_is_printed_back_reads_the_same(text: str) -> None:
    reading = read(text)
    assert isinstance(reading, Deadline)
    printed = canonical(reading)
    if printed is None:
        return
    again = read(printed)
    assert isinstance(again, Deadline), (text, printed)
    plain = describe(replace(reading, phases=None), issued=date(2026, 1, 1))
    back = describe(again, issued=date(2026, 1, 1))
    for key in ("kinds", "due", "start", "rrule", "named_date", "named_rrule"):
        assert back[key] == plain[key], (text, printed)
    assert canonical(again) == printed


@given(st.one_of(st.text(max_size=400), st.lists(WORDS, max_size=80).map(" ".join)))
@example("²/6/2026")
@example("٣/٦/٢٠٢٦")
@example("\u0301\u0301 quý")
@example("(" * 500)
@example("ngày " * 300)
@example("sau khi có " * 60)
@example("Quý I, " * 80)
@settings(deadline=None, max_examples=300)
def test_nothing_raises(text: str) -> None:
    reading = read_afresh(text)
    describe(reading, issued=date(2026, 2, 28))
    read_task(text, [text])
    find_conditions(text)


HARD = [
    "sau khi có văn bản của Bộ Y tế, " * 12,
    "Quý I, quý II; " * 15,
    "hằng năm và " * 20,
    "trước ngày 15/6 và " * 12,
    "Sở Y tế xây dựng kế hoạch trình UBND tỉnh " * 8,
    "( " * 100,
    "hoàn thành xây dựng kế hoạch " * 20,
]


def calls(text: str) -> int:
    """How many calls of functions, Python's and the interpreter's, one reading takes."""
    counted = 0

    def count(frame: object, event: str, what: object) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        read_afresh(text)
    finally:
        sys.setprofile(None)
    return counted


def cost(text: str) -> float:
    """Seconds of this thread's processor that the quickest of some readings takes."""
    best = 1.0
    for _ in range(5):
        forget_shapes()
        start = time.thread_time()
        read_afresh(text)
        best = min(best, time.thread_time() - start)
    return best


@given(st.one_of(st.text(max_size=1300), st.lists(WORDS, max_size=120).map(" ".join)))
@settings(deadline=None, max_examples=150)
def test_the_work_of_one_reading_is_bounded(text: str) -> None:
    """A hundred thousand calls are some 20 ms; what the expressions do is looked at below."""
    forget_shapes()
    assert calls(text) < 100_000


def test_hard_texts_cost_little_more_than_common_ones() -> None:
    """Against texts of the corpus in the same run, so that no clock is asserted."""
    prepare()
    common = [row["text"] for row in ROWS[:: len(ROWS) // 40]]
    usual = sum(map(cost, common)) / len(common)
    for text in HARD:
        assert cost(text) < 250 * usual, text
