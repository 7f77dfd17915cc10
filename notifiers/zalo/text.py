"""A notice as plain text for Zalo: at most 2,000 characters, whatever the plan prints.

The wording is `notifiers/zalo_text.j2`, which admins may replace; it runs in Jinja's sandbox. Where the whole
does not fit, titles are shortened first, then the least urgent lines are counted instead of told.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

from jinja2 import DictLoader, StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from notifiers.message import Line, Notice, Urgency
from notifiers.render_clean import block, shorten
from notifiers.render_clean import line as clean
from notifiers.zalo.templates import Template as ZaloTemplate

LIMIT = 2000
_MOST_LINES = 40
_ORDER = {urgency: rank for rank, urgency in enumerate(Urgency)}


def clean_text(text: str) -> str:
    """NFC text with its line breaks, without control, bidi or zero-width characters."""
    return "\n".join(part.rstrip() for part in block(text).split("\n")).strip()


def zalo_text(notice: Notice, template: str | None = None, limit: int = LIMIT) -> str:
    """The notice in at most `limit` characters. Raises jinja2.TemplateError for a faulty template."""
    compiled = _compiled(template if template is not None else default_template())
    lines = sorted(notice.lines, key=lambda line: (_ORDER[line.urgency], line.role != "lead"))
    for width in (300, 160, 90):
        text = _rendered(compiled, notice, lines, min(len(lines), _MOST_LINES), width)
        if _units(text) <= limit:
            return text
    return _longest_that_fits(compiled, notice, lines, limit)


def _longest_that_fits(compiled: Template, notice: Notice, lines: list[Line], limit: int) -> str:
    text = ""
    for count in range(min(len(lines), _MOST_LINES), -1, -1):
        text = _rendered(compiled, notice, lines, count, 90)
        if _units(text) <= limit:
            return text
    return text.encode("utf-16-le")[: 2 * (limit - 1)].decode("utf-16-le", "ignore").rstrip() + "…"


def _rendered(compiled: Template, notice: Notice, lines: list[Line], count: int, width: int) -> str:
    told = [_words(line, width) for line in lines[:count]]
    values = notice_values(notice) | {"lines": told, "left": len(lines) - count}
    return clean_text(compiled.render(values))


def _words(line: Line, width: int) -> dict[str, object]:
    return {
        "urgency": line.urgency.value,
        "number": shorten(line.number, 20),
        "title": shorten(line.title, width),
        "plan": shorten(line.plan, 120),
        "deadline_text": shorten(line.deadline_text, 80),
        "due": vietnamese_date(line.due),
        "days": abs(line.days_left) if line.days_left is not None else None,
        "late": line.days_left is not None and line.days_left < 0,
        "role": line.role,
        "lead": shorten(line.lead, 80),
        "note": shorten(line.note, width),
    }


def notice_values(notice: Notice) -> dict[str, object]:
    """What templates may use of a notice as a whole; texts are cleaned, dates are dd/mm/yyyy.

    Who only helps with a late task is not called late.
    """
    dues = sorted(line.due for line in notice.lines if line.due)
    own = [line for line in notice.lines if line.role != "coordinating"]
    late = sum(1 for line in own if line.days_left is not None and line.days_left < 0)
    return {
        "agency": clean(notice.agency),
        "province": clean(notice.province),
        "sender": clean(notice.sender),
        "addressed_to": clean(notice.addressed_to),
        "on": vietnamese_date(notice.on),
        "link": notice.link or "",
        "count": len(notice.lines),
        "late_count": late,
        "coordinating_count": len(notice.lines) - len(own),
        "soon_count": sum(1 for line in notice.lines if line.urgency in {Urgency.TODAY, Urgency.SOON}),
        "nearest_due": vietnamese_date(dues[0]) if dues else "",
        "plan": clean(notice.lines[0].plan) if notice.lines else "",
        "title": clean(notice.lines[0].title) if notice.lines else "",
    }


def zalo_fields(notice: Notice, template: ZaloTemplate) -> dict[str, str]:
    """The parameters of a Zalo template, from the expressions that zalo.toml gives them."""
    values: Mapping[str, object] = notice_values(notice)
    filled = {param.name: clean(_compiled(param.value).render(values)) for param in template.params}
    by_name = {param.name: param for param in template.params}
    return {
        name: shorten(value, by_name[name].limit) if by_name[name].shorten else value
        for name, value in filled.items()
    }


def vietnamese_date(day: date | None) -> str:
    return day.strftime("%d/%m/%Y") if day else ""


def _units(text: str) -> int:
    """UTF-16 units: the stricter count, where Zalo does not say what a character is."""
    return len(text.encode("utf-16-le")) // 2


def default_template() -> str:
    return Path(__file__).parent.with_name("zalo_text.j2").read_text(encoding="utf-8")


@lru_cache(maxsize=64)
def _compiled(source: str) -> Template:
    environment = ImmutableSandboxedEnvironment(
        loader=DictLoader({}),
        autoescape=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.from_string(source)
