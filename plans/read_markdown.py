"""What Markdown writes inside a line: emphasis, headings, escapes, and rows between pipes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from plans.spelling import squeeze

_HEADING = re.compile(r"^\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_ITALIC = re.compile(
    r"(?<![\*\\\w])\*(?![\*\s])([^*\n]+?)(?<![\s\*\\])\*(?!\*)|(?<![\w\\])_(?![_\s])([^_\n]+?)_(?!\w)"
)
_STRONG = re.compile(r"(?<!\\)(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~])")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_DASHES = r"\s*(?::?-{2,}:?|:-:?|-:)\s*"
_RULE = re.compile(rf"^\s*\|?{_DASHES}(\|{_DASHES})+\|?\s*$")
_LINE = re.compile(r"^\s*([-*_=])(\s*\1){2,}\s*$")
_UNESCAPED_PIPE = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True, kw_only=True, slots=True)
class Inline:
    """A line without its marks."""

    text: str
    heading: bool = False
    italic: tuple[str, ...] = ()


def inline(line: str) -> Inline:
    """A line as it is meant to be seen, with its italic runs."""
    if not line.strip():
        return Inline(text="")
    heading = _HEADING.match(line)
    body = heading.group(2) if heading else line
    body = _STRONG.sub(r"\2", body)
    italic = [squeeze(_ESCAPE.sub(r"\1", one or other)) for one, other in _ITALIC.findall(body)]
    body = _ITALIC.sub(lambda found: found.group(1) or found.group(2), body)
    text = squeeze(_ESCAPE.sub(r"\1", _BREAK.sub(" ", body)))
    return Inline(text=text, heading=heading is not None, italic=tuple(filter(None, italic)))


def is_rule(line: str) -> bool:
    """The line of dashes under a table's header."""
    return _RULE.match(line) is not None


def is_line(line: str) -> bool:
    """A horizontal line that separates paragraphs."""
    return _LINE.match(line) is not None


def split_row(line: str, *, framed: bool = True) -> tuple[str, ...]:
    """The cells of a row written between pipes; `framed` rows have outer pipes, which may be missing."""
    body = line.strip()
    if framed:
        body = body.removeprefix("|")
    if framed and body.endswith("|") and not body.endswith("\\|"):
        body = body[:-1]
    return tuple(inline(cell).text for cell in _UNESCAPED_PIPE.split(body))


def pipes(line: str) -> int:
    """How many pipes of the line stand for themselves."""
    return len(_UNESCAPED_PIPE.findall(line))
