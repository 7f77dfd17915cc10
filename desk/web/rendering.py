"""Templates and the words in them. Everything is escaped; nothing that a person typed becomes a template."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes
from jinja2.visitor import NodeTransformer

from desk.web import words
from desk.web.language import ENGLISH, LANGUAGES, VIETNAMESE, in_page, say
from flows.steps.numbers import number

FOLDER = Path(__file__).parent


def render(template: str, values: Mapping[str, Any]) -> str:
    """The page in `values["language"]`."""
    return environment(values["language"]).get_template(template).render(values)


class Fixed(NodeTransformer):
    """Puts what `_("…")` says into the template itself: most of a page's calls, the same at every look."""

    def __init__(self, language: str) -> None:
        self.language = language

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - as jinja2 names it
        self.generic_visit(node)
        if not isinstance(node.node, nodes.Name) or node.node.name != "_" or node.kwargs or len(node.args) != 1:
            return node
        text = node.args[0]
        if not isinstance(text, nodes.Const) or not isinstance(text.value, str):
            return node
        return nodes.Const(in_page(self.language, text.value), lineno=node.lineno)


class Spoken(Environment):
    """An environment of one language, which the names in it need not ask for."""

    def __init__(self, language: str, **options: Any) -> None:
        super().__init__(**options)
        self.language = language

    def _generate(self, source: nodes.Template, *more: Any, **named: Any) -> str:
        said = Fixed(self.language).visit(source)
        return super()._generate(said, *more, **named)


@cache
def environment(language: str = VIETNAMESE) -> Environment:
    made = Spoken(
        language,
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "day": shown_day,
        "moment": shown_moment,
        "number": partial(shown_number, language),
        "query": urlencode,
        "channel": words.channel,
    }
    made.globals |= {
        "words": words,
        "_": partial(in_page, language),
        "say": partial(say, language),
        "LANGUAGES": LANGUAGES,
    }
    made.tests["startswith"] = str.startswith
    return made


def shown_day(value: date | None) -> str:
    """dd/mm/yyyy, or a dash."""
    return f"{value:%d/%m/%Y}" if value else "–"


def shown_moment(value: datetime | None, zone: ZoneInfo) -> str:
    return f"{value.astimezone(zone):%H:%M %d/%m/%Y}" if value else "–"


def shown_number(language: str, value: int) -> str:
    """Thousands take a dot, in English a comma."""
    return f"{value:,}" if language == ENGLISH else number(value)
