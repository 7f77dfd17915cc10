"""Reading cells: the corpus of the five plans and of other families, and laws that hold for any text."""

from __future__ import annotations

import csv
import json
import os
import unicodedata
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config import agencies
from deadlines.directory import Agency, AgencyKind, CellReading, Directory, Group, Province, Via

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "config" / "agencies"
SHARED = Path(os.environ.get("DONDOC_SHARED", ROOT.parent / "shared"))
GOLD = {
    "son-la-01-KH-UBND-2026": ("son-la", date(2026, 1, 1)),
    "an-giang-186-KH-UBND-2025": ("an-giang", date(2025, 11, 11)),
    "yen-bai-55-KH-UBND-2018": ("yen-bai", date(2018, 3, 26)),
}
TODAY = date(2026, 1, 5)


@cache
def directory(province: str) -> Directory:
    return agencies.load(FOLDER / f"{province}.toml")


def corpus() -> list[dict[str, str]]:
    with (Path(__file__).parent / "corpora" / "agencies.tsv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def shown(reading: CellReading, province: str) -> str:
    """As the corpus writes it: @group, a+b divided, >coordinating, {qualifier}, ?doubtful, !unknown."""
    parts: list[tuple[tuple[int, int], str]] = []
    for match in reading.matches:
        whom = f"@{match.group}" if match.group else "+".join(match.agencies)
        qualifier = f" {{{match.qualifier}}}" if match.qualifier else ""
        parts.append((match.span, (">" if match.coordinating else "") + whom + qualifier))
    parts += [(doubt.span, "?" + doubt.words) for doubt in reading.ambiguous]
    parts += [(words.span, "!" + words.words) for words in reading.unknown]
    return " | ".join(text for _, text in sorted(parts)).replace(province + ".", "")


@pytest.mark.parametrize("row", corpus(), ids=lambda row: f"{row['province']} {row['on']} {row['cell']}")
def test_a_cell_is_read_as_a_careful_reader_would(row: dict[str, str]) -> None:
    reading = directory(row["province"]).read_cell(
        row["cell"],
        on=date.fromisoformat(row["on"]),
        issued=date.fromisoformat(row["issued"]),
        province=row["province"],
    )
    assert shown(reading, row["province"]) == row["expected"]


def gold_cells(column: str) -> set[tuple[str, str]]:
    file = SHARED / "gold" / "tasks.jsonl"
    if not file.is_file():
        pytest.skip("needs DONDOC_SHARED with gold/tasks.jsonl")
    rows = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    return {(row["plan"], row[column]) for row in rows if row[column]}


@pytest.mark.parametrize("on", [None, date(2026, 11, 22)], ids=["on the plan's day", "today"])
@pytest.mark.parametrize(("column", "least"), [("lead_raw", 1.0), ("coordinating_raw", 0.98)])
def test_the_plans_cells_resolve(column: str, least: float, on: date | None) -> None:
    cells = gold_cells(column)
    read = 0
    for plan, cell in cells:
        province, issued = GOLD[plan]
        reading = directory(province).read_cell(cell, on=on or issued, issued=issued, province=province)
        read += reading.complete and bool(reading.matches)
    assert read / len(cells) >= least


def test_every_cell_of_the_gold_stands_in_the_corpus() -> None:
    written = {(row["province"], row["cell"]) for row in corpus()}
    cells = gold_cells("lead_raw") | gold_cells("coordinating_raw")
    assert {(GOLD[plan][0], cell) for plan, cell in cells} <= written


def made(*names: str) -> Directory:
    return Directory(
        agencies=tuple(
            Agency(code=f"p.a{n}", name=name, kind=AgencyKind.DEPARTMENT, province="p")
            for n, name in enumerate(names)
        ),
        provinces=(Province(code="p", name="tỉnh Phú Châu"),),
    )


def test_a_group_counts_each_member_once_and_in_order() -> None:
    reading = directory("phu-chau").read_cell("Sở Y tế, UBND các xã, phường, đặc khu; Sở Y tế", on=TODAY)
    assert len(reading.agencies) == 13
    assert reading.agencies[0] == "phu-chau.so-y-te"
    assert reading.agencies.count("phu-chau.so-y-te") == 1
    assert [match.group for match in reading.matches] == [None, "phu-chau.cap-xa", None]


def test_all_communes_of_a_province_are_told() -> None:
    reading = directory("son-la").read_cell("UBND các xã, phường", on=TODAY)
    assert len(reading.agencies) == 75


def test_exceptions_and_limits_in_parentheses_count() -> None:
    phu_chau = directory("phu-chau")
    every = phu_chau.read_cell("Các sở, ban, ngành", on=TODAY).agencies
    but = phu_chau.read_cell("Các sở, ban, ngành (trừ Công an tỉnh)", on=TODAY).agencies
    assert set(every) - set(but) == {"phu-chau.cong-an-tinh"}
    only = phu_chau.read_cell("Các sở, ngành (Sở Y tế, Sở Nội vụ)", on=TODAY).agencies
    assert only == ("phu-chau.so-y-te", "phu-chau.so-noi-vu")


def test_an_exception_that_nobody_understands_is_left_to_a_person() -> None:
    reading = directory("phu-chau").read_cell("Các sở, ngành (trừ cơ quan nào đó)", on=TODAY)
    assert not reading.complete


def test_districts_of_an_old_plan_are_the_communes_of_today() -> None:
    phu_chau = directory("phu-chau")
    then = phu_chau.read_cell("UBND các huyện, thị xã, thành phố", on=date(2014, 5, 20))
    now = phu_chau.read_cell("UBND các huyện, thị xã, thành phố", on=TODAY, issued=date(2014, 5, 20))
    assert len(then.agencies) == 4
    assert len(now.agencies) == 12


def test_divided_duties_go_to_every_successor_and_say_so() -> None:
    match = directory("phu-chau").read_cell("Sở LĐTBXH", on=TODAY).matches[0]
    assert match.via is Via.SUCCESSOR
    assert match.divided
    assert match.agencies[0] == "phu-chau.so-noi-vu"


def test_how_a_name_was_recognised_is_told() -> None:
    phu_chau = directory("phu-chau")
    vias = {
        "Sở Y tế": Via.EXACT,
        "sở y tế TỈNH PHÚ CHÂU": Via.EXACT,
        "Ngành Y tế": Via.ALIAS,
        "So Y te": Via.FOLD,
        "Sở Giao thông vận tải": Via.SUCCESSOR,
        "các địa phương": Via.GROUP,
    }
    assert {cell: phu_chau.read_cell(cell, on=TODAY).matches[0].via for cell in vias} == vias


def test_nearly_a_name_is_offered_and_never_taken() -> None:
    reading = directory("phu-chau").read_cell("Sở Tài chánh; Sở Nội vự", on=TODAY)
    assert reading.matches == ()
    assert [doubt.candidates[0].code for doubt in reading.ambiguous] == [
        "phu-chau.so-tai-chinh",
        "phu-chau.so-noi-vu",
    ]


def test_a_wrong_mark_is_not_a_missing_one() -> None:
    two = made("Ủy ban nhân dân xã Tân Hùng")
    assert two.read_cell("UBND xã Tân Hưng", on=TODAY).matches == ()
    assert two.read_cell("UBND xã Tan Hung", on=TODAY).agencies == ("p.a0",)


def test_without_marks_two_names_may_be_meant() -> None:
    reading = made("Ủy ban nhân dân xã Tân Hùng", "Ủy ban nhân dân xã Tân Hưng").read_cell(
        "UBND xa Tan Hung", on=TODAY
    )
    assert reading.matches == ()
    assert {c.code for c in reading.ambiguous[0].candidates} == {"p.a0", "p.a1"}


def test_a_name_of_two_provinces_needs_the_province() -> None:
    both = Directory(
        agencies=tuple(
            Agency(code=f"{p}.so-y-te", name="Sở Y tế", kind=AgencyKind.DEPARTMENT, province=p) for p in "ab"
        ),
        provinces=(Province(code="a", name="tỉnh Phú Châu"), Province(code="b", name="tỉnh Hải Đông")),
    )
    assert len(both.read_cell("Sở Y tế", on=TODAY).ambiguous[0].candidates) == 2
    assert both.read_cell("Sở Y tế", on=TODAY, province="b").agencies == ("b.so-y-te",)
    assert both.read_cell("Sở Y tế tỉnh Hải Đông", on=TODAY).agencies == ("b.so-y-te",)
    assert both.province_in("Ủy ban nhân dân tỉnh Hải Đông") == "b"
    assert both.province_in("Ủy ban nhân dân tỉnh Hải Tây") is None


def test_a_name_that_changed_hands_belongs_to_the_owner_of_the_plans_day() -> None:
    changed = Directory(
        agencies=(
            Agency(
                code="p.old", name="Sở Dân số", kind=AgencyKind.DEPARTMENT, province="p",
                valid_to=date(2020, 12, 31), successors=("p.new",),
            ),
            Agency(
                code="p.again", name="Sở Dân số", kind=AgencyKind.DEPARTMENT, province="p",
                valid_from=date(2021, 1, 1),
            ),
            Agency(code="p.new", name="Sở Y tế", kind=AgencyKind.DEPARTMENT, province="p"),
        ),
        provinces=(Province(code="p", name="tỉnh Phú Châu"),),
    )  # fmt: skip
    assert changed.read_cell("Sở Dân số", on=TODAY, issued=date(2019, 5, 5)).agencies == ("p.new",)
    assert changed.read_cell("Sở Dân số", on=TODAY, issued=date(2022, 5, 5)).agencies == ("p.again",)


def test_a_ring_of_successors_ends() -> None:
    ring = Directory(
        agencies=tuple(
            Agency(
                code=f"p.{one}", name=f"Sở {one}", kind=AgencyKind.DEPARTMENT, province="p",
                valid_to=date(2020, 1, 1), successors=(f"p.{other}",),
            )
            for one, other in ("ab", "ba")
        )
    )  # fmt: skip
    assert ring.resolve("p.a", TODAY) == ()
    group = Group(code="p.g", names=("các nhóm lạ",), province="p", includes=("p.g",))
    assert Directory(groups=(group,)).expand("p.g", TODAY) == ()


# Laws

CELLS = [row["cell"] for row in corpus() if row["province"] == "phu-chau" and row["cell"]]
PIECES = st.sampled_from(
    ["Sở Y tế", "các sở, ban, ngành", "UBND", "xã", "Hòa An", "phối hợp với", "liên quan", "(", ")", ";", ":",
     ",", "-", "và", "các", "1.", "a)", "trừ", "Giám đốc", "tỉnh", "Phú Châu", "\u00ad", "\n", "Chi cục"]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=14).map(" ".join))


def meaning(text: str) -> tuple[object, ...]:
    reading = directory("phu-chau").read_cell(text, on=TODAY, province="phu-chau")
    matches = [(m.agencies, m.group, m.via, m.coordinating, bool(m.qualifier)) for m in reading.matches]
    return matches, len(reading.ambiguous), len(reading.unknown)


@given(TEXTS)
def test_no_text_breaks_the_reading_and_every_span_is_in_it(text: str) -> None:
    reading = directory("phu-chau").read_cell(text, on=TODAY)
    for part in (*reading.matches, *reading.ambiguous, *reading.unknown):
        start, end = part.span
        assert 0 <= start < end <= len(text)
        assert part.words == " ".join(unicodedata.normalize("NFC", text[start:end]).split())


@given(TEXTS)
def test_no_letter_is_lost_without_a_word(text: str) -> None:
    """A cell with letters is matched, doubted or unknown: it cannot read as empty."""
    reading = directory("phu-chau").read_cell(text, on=TODAY)
    if any(letter.isalpha() and letter.isascii() for letter in text):
        assert reading.matches or reading.ambiguous or reading.unknown


@given(st.sampled_from(CELLS))
def test_typing_habits_change_nothing(cell: str) -> None:
    expected = meaning(cell)
    for other in (
        cell.upper(),
        cell.lower(),
        unicodedata.normalize("NFD", cell),
        cell.replace(" ", "  "),
        cell.replace(" ", "\n"),
        cell.replace(" ", "\u00a0"),
        f"  {cell}\t",
        "".join(letter + "\u200b" for letter in cell),
    ):
        assert meaning(other) == expected


TONE_PLACES = (("òa", "oà"), ("ủy", "uỷ"), ("óa", "oá"), ("ọa", "oạ"), ("úy", "uý"), ("ỏa", "oả"))


@given(st.sampled_from(CELLS))
def test_the_place_of_a_tone_mark_changes_nothing(cell: str) -> None:
    moved = cell
    for new, old in TONE_PLACES:
        moved = moved.replace(old, new) if old in moved else moved.replace(new, old)
    assert meaning(moved) == meaning(cell)


@settings(max_examples=50)
@given(st.lists(st.sampled_from(directory("son-la").in_province("son-la", TODAY)), min_size=1, max_size=6))
def test_any_list_of_names_is_read_back(listed: list[Agency]) -> None:
    for separator in ("; ", ", ", " và ", "\n- "):
        text = separator.join(agency.name for agency in listed)
        reading = directory("son-la").read_cell(text, on=TODAY, province="son-la")
        assert reading.complete, text
        assert reading.agencies == tuple(dict.fromkeys(agency.code for agency in listed)), text


@pytest.mark.parametrize("province", ["son-la", "an-giang", "dak-lak", "lang-son", "lao-cai", "phu-chau"])
def test_every_name_of_a_directory_is_its_own(province: str) -> None:
    """Each name, short name and alias of an agency that exists reads as that agency, and as nothing else."""
    own = directory(province)
    for agency in own.in_province(province, TODAY):
        for name in agency.names:
            assert own.read_cell(name, on=TODAY, province=province).agencies == (agency.code,), name
