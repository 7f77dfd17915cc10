"""The corpus of deadlines: every text reads as a careful civil servant would read it, or not at all."""

from __future__ import annotations

import csv
import json
import os
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from deadlines.explain_json import describe
from deadlines.grammar import find_conditions, read, read_task, sentences
from deadlines.grammar.clauses import CLAUSES
from deadlines.grammar.reduction import ATOMS
from deadlines.grammar.sentences import sentence
from deadlines.types import (
    Ambiguous,
    Conditional,
    Counted,
    Deadline,
    Fixed,
    MonthDay,
    Ongoing,
    Range,
    Unit,
    Unread,
    Unspecified,
)

CORPORA = Path(__file__).parent / "corpora"
SHARED = Path(os.environ.get("DONDOC_SHARED", Path(__file__).parents[2] / "shared"))
ISSUED = date(2026, 1, 1)
"""The day that the corpus counts from where no year is printed."""
KINDS = {
    "F": "fixed",
    "R": "range",
    "O": "open_start",
    "E": "recurring",
    "G": "ongoing",
    "U": "unspecified",
    "C": "conditional",
    "T": "conditional",
}


def rows(name: str) -> list[dict[str, str]]:
    with (CORPORA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@cache
def gold() -> list[dict[str, Any]]:
    path = SHARED / "gold" / "deadlines.jsonl"
    if not path.exists():
        pytest.skip("the shared gold readings are not beside the repository")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def rrule(short: str) -> str:
    """ "3,6/14" -> FREQ=YEARLY;BYMONTH=3,6;BYMONTHDAY=14, and so on; see corpora/README.md."""
    short, _, until = short.partition("<")
    interval = ""
    if short.startswith("I"):
        number, short = short[1:].split(";")
        interval = f"INTERVAL={number};"
    if short == "D":
        return "FREQ=DAILY"
    when, day = short.split("/")
    if when == "M":
        return f"FREQ=MONTHLY;{interval}BYMONTHDAY={day}"
    if when == "W":
        return f"FREQ=WEEKLY;{interval}BYDAY={day}"
    end = f";UNTIL={until.replace('-', '')}" if until else ""
    return f"FREQ=YEARLY;{interval}BYMONTH={when};BYMONTHDAY={day}{end}"


def expected(text: str) -> dict[str, Any]:
    meaning: dict[str, Any] = {"kinds": [], "start": None, "due": None, "rrule": None, "condition": None}
    for term in text.split(" & "):
        sign, _, value = term.partition(":")
        if KINDS[sign] not in meaning["kinds"]:
            meaning["kinds"].append(KINDS[sign])
        if sign == "F":
            value, _, start = value.partition("~")
            meaning["due"] = max(meaning["due"] or "", value)
            meaning["start"] = meaning["start"] or start or None
        elif sign == "R":
            start, due = value.split("..")
            meaning.update(start=meaning["start"] or start, due=max(meaning["due"] or "", due))
        elif sign == "O":
            meaning["start"] = meaning["start"] or value
        elif sign == "E":
            meaning["rrule"] = meaning["rrule"] or rrule(value)
        elif sign in "CT":
            meaning["condition"] = condition(sign, value)
    return meaning


def condition(sign: str, value: str) -> dict[str, Any]:
    value, _, offset = value.partition("+")
    entry: dict[str, Any] = {"offset_days": int(offset) if offset.isdigit() else None}
    if offset and not offset.isdigit():
        unit = {"w": "working_days", "m": "months", "y": "years"}[offset[0]]
        entry["offset"] = {"amount": int(offset[1:]), "unit": unit}
    if sign == "T":
        return {**entry, "after_task": value}
    actors, act, instrument = value.split("|")
    return {
        **entry,
        "actors": [actor for actor in actors.split(",") if actor],
        "act": act or None,
        "instrument": instrument or None,
    }


def meaning(entry: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    got = {key: entry[key] for key in wanted}
    if got["condition"] and wanted["condition"]:
        got["condition"] = {key: got["condition"].get(key) for key in wanted["condition"]}
    return got


@pytest.mark.parametrize("row", rows("deadlines.tsv"), ids=lambda row: row["text"] or "blank")
def test_the_corpus_reads_as_written(row: dict[str, str]) -> None:
    wanted = expected(row["expected"])
    assert meaning(describe(read(row["text"]), issued=ISSUED), wanted) == wanted


@pytest.mark.parametrize("row", rows("deadlines_negative.tsv"), ids=lambda row: row["text"])
def test_what_is_no_deadline_is_not_read(row: dict[str, str]) -> None:
    entry = describe(read(row["text"]), issued=ISSUED)
    assert (entry["kinds"], entry["due"], entry["start"], entry["rrule"]) == (["unread"], None, None, None)


def test_the_corpora_are_large_enough_to_mean_something() -> None:
    positive = {row["text"] for row in rows("deadlines.tsv")}
    assert len(positive) >= 600
    assert len({row["text"] for row in rows("deadlines_negative.tsv")}) >= 150


def test_every_text_of_the_five_plans_reads_as_the_gold_says() -> None:
    wrong = []
    for line in gold():
        wanted = {key: line["meaning"][key] for key in ("start", "due", "rrule")}
        wanted["kinds"] = [kind for kind in line["kind"] if kind != "compound"]
        awaited = line["meaning"]["condition"]
        wanted["condition"] = awaited and {key: awaited[key] for key in ("actors", "act", "instrument")}
        entry = describe(read(line["text"]))
        if line["tier"] == "marginal" and entry["kinds"] == ["unread"]:
            continue
        if meaning(entry, wanted) != wanted:
            wrong.append((line["text"], wanted, entry))
    assert not wrong


def test_the_days_that_the_gold_names_are_kept() -> None:
    for line in gold():
        entry = describe(read(line["text"]))
        if entry["kinds"] != ["unread"]:
            assert entry["named_date"] == line["meaning"].get("named_date")
            assert entry["named_rrule"] == line["meaning"].get("named_rrule")


def test_guidance_beside_a_date_makes_nothing_tentative_and_a_timetable_does() -> None:
    for source in ("hướng dẫn", "quy định", "chỉ đạo", "kế hoạch", "phân công", "thông báo"):
        fixed, *note = terms(f"Quý III/2026 (theo {source} của Bộ Nội vụ)")
        assert fixed == Fixed(due=date(2026, 9, 30))
        assert all(isinstance(term, Conditional) and not term.gate for term in note)
    for source in ("lộ trình", "tiến độ", "lịch"):
        fixed, waits = terms(f"Quý III/2026 (theo {source} của Bộ Nội vụ)")
        assert fixed == Fixed(due=date(2026, 9, 30), tentative=True)
        assert isinstance(waits, Conditional)
        assert waits.gate


def test_a_clause_is_shown_with_the_bracket_that_closes_it() -> None:
    reading = read("Định kỳ 6 tháng (trước 15/6), năm (trước 15/12)")
    assert isinstance(reading, Deadline)
    assert [one.words for one in reading.evidence[:2]] == ["Định kỳ 6 tháng (trước 15/6)", "năm (trước 15/12)"]


def test_a_part_of_two_glued_years_means_two_things() -> None:
    for text in ("Quý III/2026-2027", "Tháng 9/2026 - 2027", "Quý II năm 2026 - 2027"):
        assert isinstance(read(text), Ambiguous), text
    for text in ("Quý III/2026 đến năm 2027", "Quý III/2026 - Quý IV/2027", "Từ Quý III/2026 - 2027", "2026-2027"):
        assert [type(term) for term in terms(text)] == [Range], text


def test_a_blank_cell_is_a_deadline_without_a_date() -> None:
    for text in ("", "   ", "-", "...", "…", "\n\t"):
        assert read(text) == Deadline(text=text, terms=(Unspecified(),), evidence=())


def test_words_that_mean_two_things_are_ambiguous() -> None:
    reading = read("3-4/2026")
    assert isinstance(reading, Ambiguous)
    assert {one.terms for one in reading.readings} == {
        (Fixed(due=date(2026, 4, 3)),),
        (Range(start=date(2026, 3, 1), due=date(2026, 4, 30)),),
    }
    entry = describe(reading)
    assert entry["kinds"] == ["unread"]
    assert [one["due"] for one in entry["readings"]] == ["2026-04-03", "2026-04-30"]


def terms(text: str) -> tuple[object, ...]:
    reading = read(text)
    assert isinstance(reading, Deadline), text
    return reading.terms


def test_the_day_named_by_before_is_kept_beside_the_due_day() -> None:
    assert terms("trước ngày 18/01/2026") == (Fixed(due=date(2026, 1, 17), named=date(2026, 1, 18)),)
    assert terms("trước tháng 6/2026") == (Fixed(due=date(2026, 5, 31)),)
    assert terms("trước ngày 15/6") == (Fixed(due=MonthDay(month=6, day=14), named=MonthDay(month=6, day=15)),)


def test_periods_without_a_year_wait_for_the_plans_year() -> None:
    assert terms("Quý II") == (Fixed(due=MonthDay(month=6, day=-1)),)
    assert terms("Tháng 4 - tháng 6") == (Range(start=MonthDay(month=4, day=1), due=MonthDay(month=6, day=-1)),)


def test_a_period_counted_from_a_day_keeps_its_unit() -> None:
    assert terms("15 ngày làm việc kể từ ngày 01/6/2026") == (
        Fixed(due=Counted(start=date(2026, 6, 1), amount=15, unit=Unit.WORKING_DAYS)),
    )


def test_carrying_out_goes_on_after_the_product_is_due() -> None:
    assert terms("Quý IV/2026, triển khai thường xuyên") == (
        Fixed(due=date(2026, 12, 31)),
        Ongoing(start=date(2027, 1, 1)),
    )


def test_words_of_doubt_mark_a_date_as_tentative() -> None:
    for text in (
        "Dự kiến quý III/2026",
        "Quý III/2026 (dự kiến)",
        "Khoảng quý III/2026",
        "Quý III/2026 theo lộ trình",
    ):
        assert terms(text) == (Fixed(due=date(2026, 9, 30), tentative=True),), text


def test_a_milestone_says_who_does_what_by_then() -> None:
    reading = read("Sở Xây dựng hoàn thành quy hoạch, trình UBND tỉnh trong tháng 7/2026")
    assert isinstance(reading, Deadline)
    plain = read("Sở Xây dựng hoàn thành quy hoạch trong tháng 7/2026")
    assert isinstance(plain, Deadline)
    assert plain.milestone is not None
    assert (plain.milestone.actor, plain.milestone.act) == ("Sở Xây dựng", "hoàn thành quy hoạch")


def test_confidence_falls_where_letters_had_to_be_guessed() -> None:
    sure, plain, mended = (read(text) for text in ("Quý I/2026", "Quy I/2026", "Quý l/2026"))
    assert isinstance(sure, Deadline)
    assert isinstance(plain, Deadline)
    assert isinstance(mended, Deadline)
    assert sure.confidence == 1.0 > plain.confidence > mended.confidence
    assert sure.terms == plain.terms == mended.terms


def test_evidence_points_at_the_printed_words() -> None:
    text = "Hoàn thành  trong quý I/2026; triển khai thường xuyên"
    reading = read(text)
    assert isinstance(reading, Deadline)
    for evidence in reading.evidence:
        assert " ".join(text[slice(*evidence.span)].split()) == evidence.words


def test_a_condition_in_the_title_is_the_gate_of_a_dated_cell() -> None:
    title = "Triển khai Chương trình mới của tỉnh (sau khi có Quyết định của Thủ tướng Chính phủ)"
    conditions = find_conditions(title)
    assert conditions == ("(sau khi có Quyết định của Thủ tướng Chính phủ)",)
    reading = read_task("2026", conditions)
    assert isinstance(reading, Deadline)
    date_term, gate = reading.terms
    assert date_term == Fixed(due=date(2026, 12, 31))
    assert isinstance(gate, Conditional)
    assert gate.gate
    assert gate.condition.actors == ("Thủ tướng Chính phủ",)


def test_a_condition_is_the_deadline_of_a_blank_cell() -> None:
    for cell in (None, "", "-"):
        reading = read_task(cell, ["sau khi có Nghị quyết của Quốc hội"])
        assert isinstance(reading, Deadline)
        (term,) = reading.terms
        assert isinstance(term, Conditional)
        assert not term.gate


def test_a_condition_that_cannot_be_read_is_reported_and_makes_no_gate() -> None:
    reading = read_task("2026", ["(tùy tình hình 3 mặt)"])
    assert isinstance(reading, Deadline)
    assert reading.terms == (Fixed(due=date(2026, 12, 31)),)
    assert reading.evidence[-1].rule == "condition-not-read"
    assert reading.confidence == 0.5


def test_an_unread_cell_stays_unread_whatever_the_title_says() -> None:
    assert isinstance(read_task("năm học 2026-2027", ["sau khi có Nghị định"]), Unread)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Văn bản hướng dẫn sau khi có quy định mới", ("sau khi có quy định mới",)),
        ("Miễn thuế cho cơ sở y tế sau khi có Nghị quyết của Quốc hội", ("sau khi có Nghị quyết của Quốc hội",)),
        ("Xây dựng Đề án (giai đoạn 1) của tỉnh", ()),
        ("Chăm sóc người bệnh sau khi ra viện", ()),
        ("Kế hoạch của UBND tỉnh", ()),
    ],
)
def test_conditions_are_found_in_titles_and_products(text: str, found: tuple[str, ...]) -> None:
    assert find_conditions(text) == found


OCCASIONS = (
    "(nếu cần)",
    "(nếu có)",
    "khi có yêu cầu",
    "(khi cần thiết)",
    "nếu phát sinh",
    "(theo yêu cầu)",
    "(theo yêu cầu của Sở Nội vụ)",
    "(khi có chỉ đạo)",
    "nếu có khó khăn, vướng mắc",
    "(khi có thay đổi)",
    "khi có dịch xảy ra",
    "đột xuất khi có yêu cầu",
)


@pytest.mark.parametrize("condition", OCCASIONS)
@pytest.mark.parametrize("cell", ["2026", "Hằng năm", "Thường xuyên", "Từ năm 2026", "Giai đoạn 2026-2028"])
def test_a_condition_of_mere_need_in_the_title_gates_nothing(condition: str, cell: str) -> None:
    reading = read_task(cell, [condition])
    plain = read(cell)
    assert isinstance(reading, Deadline)
    assert isinstance(plain, Deadline)
    assert reading.terms[: len(plain.terms)] == plain.terms
    (waited,) = reading.terms[len(plain.terms) :]
    assert isinstance(waited, Conditional)
    assert not waited.gate
    assert reading.confidence == 1.0


@pytest.mark.parametrize("condition", [one for one in OCCASIONS if one != "(nếu có)"])
def test_a_condition_of_mere_need_in_the_cell_gates_nothing(condition: str) -> None:
    reading = read(f"Quý III/2026 {condition}" if condition.startswith("(") else f"Quý III/2026, {condition}")
    assert isinstance(reading, Deadline)
    assert reading.terms[0] == Fixed(due=date(2026, 9, 30))
    assert [term.gate for term in reading.terms[1:] if isinstance(term, Conditional)] == [False]


@pytest.mark.parametrize("condition", OCCASIONS)
def test_a_condition_of_mere_need_alone_stays_a_condition(condition: str) -> None:
    for reading in (read(condition), read_task("", [condition])):
        assert isinstance(reading, Deadline)
        assert [term.kind.value for term in reading.terms] == ["conditional"]


def test_a_document_or_an_order_with_a_name_is_still_a_gate() -> None:
    for condition in (
        "(khi có chỉ đạo của Bộ Y tế)",
        "(sau khi có Nghị định)",
        "(khi có hướng dẫn)",
        "(sau nhiệm vụ 3.1)",
        "(sau khi có dịch vụ công trực tuyến)",
        "(sau khi có Công văn số 15/BYT-KH yêu cầu báo cáo)",
    ):
        reading = read_task("2026", [condition])
        assert isinstance(reading, Deadline), condition
        assert [term.gate for term in reading.terms if isinstance(term, Conditional)] == [True], condition


def test_if_any_in_a_title_speaks_of_its_noun() -> None:
    assert find_conditions("Tháo gỡ khó khăn, vướng mắc (nếu có) tại cơ sở") == ()
    assert find_conditions("Sửa đổi quy chế (nếu cần)") == ("(nếu cần)",)


def refusal(text: str) -> str | None:
    reading = read(text)
    assert isinstance(reading, Unread), text
    return reading.reason


@pytest.mark.parametrize(
    "text",
    [
        "Đã hoàn thành năm 2025",
        "đã ban hành tháng 3/2025",
        "UBND tỉnh đã ban hành tháng 3/2025",
        "2025 (đã hoàn thành)",
        "Năm 2025 đã hoàn thành",
        "Quý I/2026, đã trình HĐND tỉnh",
        "Đã thực hiện trong năm 2025",
        "Da hoan thanh nam 2025",
    ],
)
def test_what_is_done_is_no_deadline(text: str) -> None:
    assert refusal(text) == "Nói về việc đã làm xong, không phải thời hạn."
    assert describe(read(text))["reason"] == refusal(text)


def test_what_a_condition_says_is_done_is_still_awaited() -> None:
    for text in (
        "Sau khi Bộ Y tế đã ban hành Thông tư",
        "Sau khi đã có Nghị định",
        "Sau khi Luật đã được thông qua",
    ):
        assert describe(read(text))["kinds"] == ["conditional"], text


@pytest.mark.parametrize(
    "text",
    [
        "Sở Y tế: Quý I/2026; Sở Nội vụ: Quý II/2026",
        "UBND cấp xã: 30/6/2026; Sở Nội vụ: 15/7/2026",
        "Sở Y tế (Quý I/2026), Sở Nội vụ (Quý II/2026)",
        "Sở Y tế hoàn thành quý I/2026; Sở Nội vụ hoàn thành quý II/2026",
        "Sở Y tế trước ngày 15/6/2026, các đơn vị trước ngày 10/6/2026",
    ],
)
def test_a_date_for_each_agency_is_left_to_a_person(text: str) -> None:
    assert refusal(text) == "Mỗi cơ quan có thời hạn riêng: cần tách thành từng nhiệm vụ."


def test_other_refusals_say_why() -> None:
    assert (refusal("Năm học 2026-2027") or "").startswith("Theo năm học")
    assert (refusal("Trước ngày 20 của tháng cuối kỳ báo cáo") or "").startswith("Theo kỳ báo cáo")
    assert refusal("x" * 2000) == "Quá dài để là một thời hạn."
    assert refusal("Phụ lục I") is None


def test_every_rule_has_a_sentence_of_its_own() -> None:
    names = {rule.name for rule in (*CLAUSES, *ATOMS)} | {"note", "condition-not-read", "title:after-document"}
    for name in names:
        said = sentence(name)
        assert said == said.strip(), name
        assert 3 < len(said) < 120, name
        assert not said.endswith("."), name
    with pytest.raises(KeyError):
        sentence("no-such-rule")


def test_no_sentence_is_left_of_a_rule_that_is_gone() -> None:
    names = {rule.name.removesuffix("-without-year") for rule in (*CLAUSES, *ATOMS)}
    assert set(sentences.SAID) - {"note", "condition-not-read"} <= names


def test_a_document_awaited_beside_a_date_in_the_cell_is_a_gate_unless_it_is_counted_from() -> None:
    (_, gate) = terms("Quý III/2026 (sau khi Chính phủ ban hành Nghị định)")
    assert isinstance(gate, Conditional)
    assert gate.gate
    (_, counted) = terms("Quý III/2026; 15 ngày sau khi Chính phủ ban hành Nghị định")
    assert isinstance(counted, Conditional)
    assert (counted.gate, counted.offset) == (False, 15)


def test_a_blank_cell_with_a_condition_that_cannot_be_read_is_doubtful() -> None:
    reading = read_task("", ["(tùy tình hình 3 mặt)"])
    assert isinstance(reading, Deadline)
    assert (reading.terms, reading.confidence) == ((Unspecified(),), 0.5)
