"""Merging and splitting agencies: nothing is lost, everything finds its way to today's agency."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadlines.directory import Agency, AgencyKind, Contact, Directory, Group, Province
from deadlines.directory_change import ChangeError, difference, merge, split
from deadlines.directory_check import faults

DAY = date(2027, 3, 1)
EVE = DAY - timedelta(days=1)


def department(code: str, name: str = "") -> Agency:
    return Agency(code=f"p.{code}", name=name or f"Sở {code}", kind=AgencyKind.DEPARTMENT, province="p")


OFFICES = Directory(
    agencies=tuple(department(code) for code in ("a", "b", "c", "d")),
    groups=(
        Group(code="p.so", names=("các sở",), province="p", kinds=(AgencyKind.DEPARTMENT,)),
        Group(code="p.hai", names=("hai sở đầu",), province="p", members=("p.a", "p.b")),
    ),
    provinces=(Province(code="p", name="tỉnh Phú Châu"),),
)


def test_merged_agencies_end_the_day_before_and_lead_to_the_new_one() -> None:
    merged = merge(OFFICES, ["p.a", "p.b"], department("ab"), DAY)
    old = merged.agency("p.a")
    assert old is not None
    assert (old.valid_to, old.successors) == (EVE, ("p.ab",))
    assert merged.resolve("p.a", EVE) == ("p.a",)
    assert merged.resolve("p.a", DAY) == merged.resolve("p.b", DAY) == ("p.ab",)
    assert merged.read_cell("Sở a; Sở b; Sở c", on=DAY).agencies == ("p.ab", "p.c")
    assert merged.read_cell("Sở a; Sở b; Sở c", on=EVE).agencies == ("p.a", "p.b", "p.c")
    assert list(faults(merged)) == []


def test_groups_follow_a_merger() -> None:
    merged = merge(OFFICES, ["p.a", "p.b"], department("ab"), DAY)
    assert merged.expand("p.so", DAY) == ("p.c", "p.d", "p.ab")
    assert merged.expand("p.so", EVE) == ("p.a", "p.b", "p.c", "p.d")
    assert merged.expand("p.hai", DAY) == ("p.ab",)


def test_an_agency_may_take_in_another_and_go_on() -> None:
    merged = merge(OFFICES, ["p.a", "p.b"], OFFICES.agencies[0], DAY)
    assert merged.resolve("p.b", DAY) == ("p.a",)
    assert merged.agencies[0] == OFFICES.agencies[0]


def test_a_split_agency_leads_to_its_parts_the_main_one_first() -> None:
    parts = split(OFFICES, "p.a", [department("a2"), department("a1")], DAY)
    assert parts.resolve("p.a", DAY) == ("p.a2", "p.a1")
    match = parts.read_cell("Sở a", on=DAY).matches[0]
    assert match.divided
    assert match.agencies == ("p.a2", "p.a1")
    assert parts.read_cell("Sở a1", on=DAY).agencies == ("p.a1",)


def test_an_agency_that_gives_up_a_part_goes_on() -> None:
    parts = split(OFFICES, "p.a", [OFFICES.agencies[0], department("a1")], DAY)
    assert parts.resolve("p.a", DAY) == ("p.a",)
    assert parts.exists("p.a1", DAY)
    assert not parts.exists("p.a1", EVE)


@pytest.mark.parametrize(
    "change",
    [
        lambda: merge(OFFICES, ["p.a", "p.x"], department("ax"), DAY),
        lambda: merge(OFFICES, ["p.a"], OFFICES.agencies[0], DAY),
        lambda: merge(merge(OFFICES, ["p.a"], department("e"), EVE), ["p.a"], department("f"), DAY),
        lambda: merge(merge(OFFICES, ["p.a"], department("e"), EVE), ["p.b"], department("a"), DAY),
        lambda: split(OFFICES, "p.x", [department("y")], DAY),
        lambda: split(OFFICES, "p.a", [], DAY),
        lambda: split(OFFICES, "p.a", [department("y"), department("y")], DAY),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(change: object) -> None:
    assert callable(change)
    with pytest.raises(ChangeError):
        change()


def test_the_difference_tells_each_field_and_hides_addresses() -> None:
    contact = Contact(name="Nguyễn Mẫu", email="nguyen.mau@so-a.example", phone="84900000001")
    new = merge(OFFICES, ["p.a", "p.b"], replace(department("ab"), contacts=(contact,)), DAY)
    new = replace(
        new, agencies=tuple(replace(a, contacts=(contact,)) if a.code == "p.c" else a for a in new.agencies)
    )
    told = {(change.code, change.field): (change.old, change.new) for change in difference(OFFICES, new)}
    assert told[("p.a", "valid_to")] == ("—", "28/02/2027")
    assert told[("p.a", "successors")] == ("—", "Sở ab")
    assert told[("p.ab", "")] == ("—", "Sở ab")
    assert "nguyen.mau@" not in told[("p.c", "contacts")][1]
    assert "84900000001" not in told[("p.c", "contacts")][1]
    assert ("p.d", "") not in told
    assert difference(new, new) == ()
    assert {c.code for c in difference(new, OFFICES) if c.new == "—" and not c.field} == {"p.ab"}


@given(
    st.lists(st.tuples(st.sets(st.integers(0, 5), min_size=1, max_size=3), st.booleans()), min_size=1, max_size=8)
)
def test_after_any_changes_every_old_name_finds_agencies_that_exist(
    plans: list[tuple[set[int], bool]],
) -> None:
    current, day = OFFICES, DAY
    for number, (picks, merging) in enumerate(plans):
        living = [agency for agency in current.agencies if agency.valid(day)]
        chosen = [living[pick % len(living)] for pick in picks]
        new = [department(f"x{number}"), department(f"y{number}")]
        if merging:
            current = merge(current, [a.code for a in chosen], new[0], day)
        else:
            current = split(current, chosen[0].code, new, day)
        day += timedelta(days=40)
    assert list(faults(current)) == []
    for agency in current.agencies:
        heirs = current.resolve(agency.code, day)
        assert heirs
        assert all(current.exists(heir, day) for heir in heirs)
        assert set(current.read_cell(agency.name, on=day).agencies) == set(heirs)
