"""Reads the official working calendars, one file a year (`config/calendars/2026.toml`).

year = 2026
official = true
[days_off]
2026-01-01 = "Tết Dương lịch"
[working_weekends]
2026-01-10 = "Làm bù cho thứ Sáu, ngày 02/01/2026"
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import tomlkit

from config.errors import ConfigError
from deadlines.calendar import Calendar, YearCalendar, national

YEARS = range(2010, 2061)
"""What the library is asked for: before the oldest plan in use, and past the horizons of 2045 and 2050."""

_FIELDS = frozenset({"year", "official", "days_off", "working_weekends"})
_FIXED_HOLIDAYS = ((1, 1), (4, 30), (5, 1), (9, 2))
"""Solar holidays of Bộ luật Lao động 2019, Điều 112: a schedule without them has been left unfinished."""


def load(folder: Path, edited: Mapping[int, str] | None = None) -> Calendar:
    """The national calendar, overruled by every `<year>.toml` of `folder`, and that by the years of `edited`.

    Raises ConfigError at the first mistake, also where the folder is missing.
    """
    if not folder.is_dir():
        raise ConfigError(file=folder, field="", value="", allowed="một thư mục có các tệp <năm>.toml")
    instead = {f"{year}.toml": text for year, text in (edited or {}).items()}
    years = [read(path) for path in sorted(folder.glob("*.toml")) if path.name not in instead]
    years += [reads(text, name) for name, text in sorted(instead.items())]
    return national(YEARS).overruled_by(*years)


def read(path: Path) -> YearCalendar:
    """One year's file. Raises ConfigError."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(file=path, field="", value="", allowed=f"tệp TOML mã hóa UTF-8 ({error})") from error
    except OSError as error:
        raise ConfigError(file=path, field="", value="", allowed="một tệp đọc được") from error
    return _year_of(path, text)


def reads(text: str, name: str) -> YearCalendar:
    """What the file of that name ("2026.toml") would say. Raises ConfigError."""
    return _year_of(Path(name), text)


def _year_of(path: Path, text: str) -> YearCalendar:
    table = _table(path, text)
    for name in table:
        if name not in _FIELDS:
            raise ConfigError(file=path, field=name, value="", allowed=", ".join(sorted(_FIELDS)))
    year = _year(path, table)
    official = table.get("official", True)
    if not isinstance(official, bool):
        raise ConfigError(file=path, field="official", value=official, allowed="true hoặc false")
    off = _days(path, year, table, "days_off")
    working = _days(path, year, table, "working_weekends")
    _check_working(path, off, working)
    if official:
        _check_complete(path, year, off)
    return YearCalendar(year=year, off=off, working=working, official=official)


def _table(path: Path, text: str) -> Mapping[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(file=path, field="", value="", allowed=f"tệp TOML mã hóa UTF-8 ({error})") from error


def _year(path: Path, table: Mapping[str, object]) -> int:
    year = table.get("year")
    if type(year) is not int or str(year) != path.stem or year not in YEARS:
        allowed = f"năm trong tên tệp, từ {YEARS[0]} đến {YEARS[-1]}"
        raise ConfigError(file=path, field="year", value=year, allowed=allowed)
    return year


def _days(path: Path, year: int, table: Mapping[str, object], field: str) -> dict[date, str]:
    entries = table.get(field, {})
    if not isinstance(entries, dict):
        raise ConfigError(file=path, field=field, value=entries, allowed='các dòng 2026-01-31 = "lý do"')
    days: dict[date, str] = {}
    for text, why in entries.items():
        if not isinstance(why, str) or not why.strip():
            raise ConfigError(file=path, field=f"{field}.{text}", value=why, allowed="lý do, là chữ")
        days[_day(path, year, f"{field}.{text}", text)] = why.strip()
    return days


def _day(path: Path, year: int, field: str, text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.year != year or day.isoformat() != text:
        raise ConfigError(file=path, field=field, value=text, allowed=f"một ngày của năm {year}, viết {year}-01-31")
    return day


def _check_working(path: Path, off: Mapping[date, str], working: Mapping[date, str]) -> None:
    for day in working:
        if day.weekday() < 5:
            allowed = "ngày thứ Bảy hoặc Chủ nhật"
        elif day in off:
            allowed = "ngày không có trong days_off"
        else:
            continue
        raise ConfigError(file=path, field=f"working_weekends.{day}", value=day, allowed=allowed)


def _check_complete(path: Path, year: int, off: Mapping[date, str]) -> None:
    for month, day in _FIXED_HOLIDAYS:
        if date(year, month, day) not in off:
            raise ConfigError(
                file=path,
                field="days_off",
                value="",
                allowed=f"có cả ngày {day:02}/{month:02}/{year}, hoặc ghi official = false khi chưa đủ",
            )


def to_toml(year: YearCalendar) -> str:
    """One year as its file has it: reading it back gives an equal year."""
    lines = [f"year = {year.year}", f"official = {'true' if year.official else 'false'}"]
    for name, days in (("days_off", year.off), ("working_weekends", year.working)):
        lines += ["", f"[{name}]"]
        lines += [f"{day.isoformat()} = {tomlkit.item(why).as_string()}" for day, why in sorted(days.items())]
    return "\n".join(lines) + "\n"
