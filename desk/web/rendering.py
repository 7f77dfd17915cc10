"""Templates and the words in them. Everything is escaped; nothing that a person typed becomes a template."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from desk.web import words
from desk.web.language import ENGLISH, LANGUAGES, in_page, say

FOLDER = Path(__file__).parent


def render(template: str, values: Mapping[str, Any]) -> str:
    return environment().get_template(template).render(values)


@cache
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"day": shown_day, "moment": shown_moment, "number": shown_number, "query": urlencode}
    made.globals |= {"words": words, "_": in_page, "say": say, "LANGUAGES": LANGUAGES}
    made.tests["startswith"] = str.startswith
    return made


def shown_day(value: date | None) -> str:
    """dd/mm/yyyy, or a dash."""
    return f"{value:%d/%m/%Y}" if value else "–"


def shown_moment(value: datetime | None, zone: ZoneInfo) -> str:
    return f"{value.astimezone(zone):%H:%M %d/%m/%Y}" if value else "–"


@pass_context
def shown_number(context: Context, value: int) -> str:
    """Thousands take a dot, in English a comma."""
    return f"{value:,}" if context["language"] == ENGLISH else f"{value:,}".replace(",", ".")
