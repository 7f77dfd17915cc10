"""Editing the days off and the swapped days of one year; how many dates move is told before anything is kept."""

from __future__ import annotations

import re
from datetime import date

from starlette.responses import Response

from config import calendars
from config.errors import ConfigError
from deadlines.calendar import YearCalendar
from desk.web import edits
from desk.web.agency_forms import Form, lines
from desk.web.visit import Visit, Wrong, day_of
from flows.steps import editing, foreseeing
from flows.steps.workplace import CALENDAR

_LINE = re.compile(r"(\d{1,2}/\d{1,2}/\d{4}|\d{4}-\d{2}-\d{2})[\s:,;-]+(\S.*)")


def asked_year(visit: Visit, text: str) -> int | None:
    ok = text.isascii() and text.isdigit() and len(text) == 4 and int(text) in calendars.YEARS
    return int(text) if ok else None


def year_of(visit: Visit, year: int) -> YearCalendar:
    """One year as it holds now."""
    made = visit.workplace.calendar
    return YearCalendar(
        year=year,
        off={day: why for day, why in made.off.items() if day.year == year},
        working={day: why for day, why in made.working.items() if day.year == year},
        official=not made.is_provisional(year),
    )


def edit_form(visit: Visit) -> Response:
    year = asked_year(visit, visit.query("year") or str(visit.today.year))
    if year is None:
        return visit.sorry("Lịch chỉ sửa được từ năm 2010 đến năm 2060.", 404)
    held = year_of(visit, year)
    shown = {
        "off": [f"{day:%d/%m/%Y} {why}" for day, why in sorted(held.off.items())],
        "working": [f"{day:%d/%m/%Y} {why}" for day, why in sorted(held.working.items())],
    }
    return _page(visit, year, Form(shown | {"official": held.official}))


def _page(visit: Visit, year: int, form: Form) -> Response:
    version = editing.standing(visit.workplace, f"{CALENDAR}{year}")
    return visit.page("calendar_edit.html", 422 if form.errors else 200, year=year, form=form, version=version)


def typed(visit: Visit, year: int) -> tuple[Form, str | None]:
    """The form, and the year as its file would have it; None where a line cannot be read."""
    form = Form({name: lines(visit, name) for name in ("off", "working")})
    form.values["official"] = visit.text("official") == "1"
    days = {name: _days(form, name, year) for name in ("off", "working")}
    if form.errors:
        return form, None
    try:
        made = YearCalendar(year=year, official=form.values["official"], **days)
        text = calendars.to_toml(made)
        calendars.reads(text, f"{year}.toml")
    except ValueError as error:
        form.errors["working"] = f"{error}."
        return form, None
    except ConfigError as error:
        form.errors["off" if error.field.startswith("days_off") else "working"] = f"Cần: {error.allowed}."
        return form, None
    return form, text


def _days(form: Form, name: str, year: int) -> dict[date, str]:
    found: dict[date, str] = {}
    for line in form.values[name]:
        parts = _LINE.fullmatch(line)
        try:
            day = day_of(parts[1]) if parts else None
        except Wrong:
            day = None
        if parts is None or day is None or day.year != year:
            form.errors[name] = (
                f"Dòng “{line[:60]}” chưa đúng; viết ngày của năm {year} rồi lý do: 30/04/{year} Lý do."
            )
        elif day in found:
            form.errors[name] = f"Ngày {day:%d/%m/%Y} ghi hai lần."
        else:
            found[day] = parts[2].strip()
    return found


def change(visit: Visit) -> Response:
    """How many dates would move; with `apply`, keep the year and move them."""
    year = asked_year(visit, visit.text("year"))
    if year is None:
        return visit.sorry("Lịch chỉ sửa được từ năm 2010 đến năm 2060.", 404)
    form, text = typed(visit, year)
    if text is None:
        return _page(visit, year, form)
    part = f"{CALENDAR}{year}"
    before = calendars.to_toml(year_of(visit, year))
    if text == before:
        return visit.go(f"/calendar?year={year}", "unchanged")
    if visit.text("apply") != "1":
        made = visit.workplace.calendar.overruled_by(calendars.reads(text, f"{year}.toml"))
        return visit.page(
            "calendar_changes.html",
            year=year,
            form=form,
            shifted=foreseeing.shift(visit.workplace, made, visit.today),
            lines=edits.difference(part, before, text),
            version=edits.expected(visit) or 0,
        )
    kept = editing.keep(
        visit.workplace,
        part,
        text,
        expected=edits.expected(visit),
        reason=f"Sửa lịch năm {year}",
        now=visit.now,
        actor=visit.actor,
        before={"text": before},
        after={"text": text},
    )
    return edits.after(visit, kept, f"/calendar?year={year}")


def export(visit: Visit) -> Response:
    """One year as its file has it."""
    year = asked_year(visit, visit.query("year"))
    if year is None:
        return visit.sorry("Chưa chọn năm.", 404)
    headers = {"content-disposition": f'attachment; filename="{year}.toml"'}
    return Response(calendars.to_toml(year_of(visit, year)), media_type="application/toml", headers=headers)
