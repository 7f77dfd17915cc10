"""What a Word style says about the paragraphs and runs that carry it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from plans.docx_package import Element, attribute, child, local, number_of, switched_on, value_of

_DEPTH = 12
"""Styles may be based on one another this often; a circle ends here."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Styles:
    by_id: dict[str, Element] = field(default_factory=dict)
    default: str | None = None
    default_run: Element | None = None

    def numbering(self, style: str | None) -> tuple[int | None, int]:
        """The list (numId) that the style belongs to, and its level."""
        depth: int | None = None
        for node in self._line(style):
            properties = child(child(node, "pPr"), "numPr")
            depth = number_of(properties, "ilvl") if depth is None else depth
            num = number_of(properties, "numId")
            if num is not None:
                return num, depth or 0
        return None, depth or 0

    def is_heading(self, style: str | None) -> bool:
        for node in self._line(style):
            name = (value_of(node, "name") or "").lower()
            level = number_of(child(node, "pPr"), "outlineLvl")
            if name.startswith(("heading", "title")) or (level is not None and level < 9):
                return True
        return False

    def is_italic(self, style: str | None) -> bool:
        return bool(self._stated(style, "i"))

    def is_hidden(self, style: str | None) -> bool:
        return bool(self._stated(style, "vanish"))

    def font(self, style: str | None) -> str | None:
        """The Latin font that the style, or the document's default, sets."""
        for node in self._line(style or self.default):
            font = attribute(child(child(node, "rPr"), "rFonts"), "ascii")
            if font:
                return font
        return attribute(child(self.default_run, "rFonts"), "ascii")

    def _stated(self, style: str | None, what: str) -> bool | None:
        for node in self._line(style):
            stated = switched_on(child(node, "rPr"), what)
            if stated is not None:
                return stated
        return None

    def _line(self, style: str | None) -> Iterator[Element]:
        """The style and those that it is based on, nearest first."""
        for _ in range(_DEPTH):
            node = self.by_id.get(style) if style else None
            if node is None:
                return
            yield node
            style = value_of(node, "basedOn")


def styles_of(root: Element | None) -> Styles:
    if root is None:
        return Styles()
    by_id = {
        name: each for each in root if local(each) == "style" and (name := attribute(each, "styleId")) is not None
    }
    paragraphs = (name for name, each in by_id.items() if attribute(each, "type") == "paragraph")
    default = next((name for name in paragraphs if attribute(by_id[name], "default") in ("1", "true")), None)
    run = child(child(child(root, "docDefaults"), "rPrDefault"), "rPr")
    return Styles(by_id=by_id, default=default, default_run=run)
