"""The numbers that Word prints before paragraphs of its lists; the file itself does not hold them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from plans.docx_package import Element, attribute, child, local, number_of, switched_on, value_of
from plans.docx_styles import Styles

_PLACEHOLDER = re.compile(r"%([1-9])")
_ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"))
_ROMAN_LOW = ((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
_PRINTED_BULLETS = frozenset("-–—+*•○■")


@dataclass(frozen=True, kw_only=True, slots=True)
class Level:
    start: int = 1
    form: str = "decimal"
    text: str = ""
    suffix: str = "tab"
    legal: bool = False
    restart: bool = True


@dataclass(kw_only=True, slots=True)
class Numbering:
    """Counts as Word does, so it must see the paragraphs in their order."""

    abstract_of: dict[int, int] = field(default_factory=dict)
    levels: dict[int, dict[int, Level]] = field(default_factory=dict)
    """By list (numId), then by level."""
    overrides: dict[int, dict[int, int]] = field(default_factory=dict)
    counts: dict[int, dict[int, int]] = field(default_factory=dict)
    begun: set[int] = field(default_factory=set)

    def label(self, num: int, depth: int) -> str:
        """The text before the next paragraph at this depth of this list, with a blank where one follows."""
        level = self.levels.get(num, {}).get(depth)
        if level is None:
            return ""
        self._count(num, depth, level)
        if level.form == "none":
            return ""
        if level.form == "bullet":
            sign = level.text if level.text in _PRINTED_BULLETS and level.text else "•"
            return f"{sign} "
        text = _PLACEHOLDER.sub(lambda found: self._number(num, int(found.group(1)) - 1, level), level.text)
        return text if level.suffix == "nothing" or not text else f"{text} "

    def _count(self, num: int, depth: int, level: Level) -> None:
        counts = self.counts.setdefault(self.abstract_of.get(num, -num), {})
        if num not in self.begun:
            self.begun.add(num)
            for each, start in self.overrides.get(num, {}).items():
                counts[each] = start - 1
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [each for each in counts if each > depth]:
            follower = self.levels.get(num, {}).get(deeper)
            if follower is None or follower.restart:
                del counts[deeper]

    def _number(self, num: int, depth: int, asked: Level) -> str:
        level = self.levels.get(num, {}).get(depth, Level())
        value = self.counts[self.abstract_of.get(num, -num)].get(depth, level.start)
        return in_form(value, "decimal" if asked.legal else level.form)


def in_form(value: int, form: str) -> str:
    """A count as its number format prints it."""
    match form:
        case "upperRoman" | "lowerRoman" if 0 < value < 4000:
            roman = _roman(value)
            return roman if form == "upperRoman" else roman.lower()
        case "upperLetter" | "lowerLetter" if value > 0:
            letter = chr(ord("a") + (value - 1) % 26) * min((value - 1) // 26 + 1, 20)
            return letter.upper() if form == "upperLetter" else letter
        case "decimalZero":
            return f"{value:02d}"
    return str(value)


def _roman(value: int) -> str:
    text = ""
    for worth, sign in (*_ROMAN, *_ROMAN_LOW):
        text += sign * (value // worth)
        value %= worth
    return text


def numbering_of(root: Element | None, styles: Styles) -> Numbering:
    numbering = Numbering()
    if root is None:
        return numbering
    abstracts: dict[int, Element] = {}
    for each in root:
        found = attribute(each, "abstractNumId") if local(each) == "abstractNum" else None
        if found is not None and found.isdecimal():
            abstracts[int(found)] = each
    nums = {int(n): e for e in root if local(e) == "num" and (n := attribute(e, "numId")) and n.isdecimal()}
    for num, node in nums.items():
        abstract = number_of(node, "abstractNumId")
        if abstract is None or abstract not in abstracts:
            continue
        abstract = _through_style(abstract, abstracts, nums, styles)
        numbering.abstract_of[num] = abstract
        numbering.levels[num] = _levels(abstracts[abstract]) | _replaced(node)
        numbering.overrides[num] = _starts(node)
    return numbering


def _through_style(at: int, abstracts: dict[int, Element], nums: dict[int, Element], styles: Styles) -> int:
    """A list may say "as that style has it" instead of having levels of its own."""
    link = value_of(abstracts[at], "numStyleLink")
    linked = styles.numbering(link)[0] if link else None
    target = number_of(nums.get(linked), "abstractNumId") if linked is not None else None
    return target if target is not None and target in abstracts else at


def _levels(node: Element) -> dict[int, Level]:
    found: dict[int, Level] = {}
    for each in node:
        depth = attribute(each, "ilvl") if local(each) == "lvl" else None
        if depth is not None and depth.isdecimal():
            found[int(depth)] = _level(each)
    return found


def _level(node: Element) -> Level:
    start = number_of(node, "start")
    return Level(
        start=1 if start is None else start,
        form=value_of(node, "numFmt") or "decimal",
        text=value_of(node, "lvlText") or "",
        suffix=value_of(node, "suff") or "tab",
        legal=bool(switched_on(node, "isLgl")),
        restart=number_of(node, "lvlRestart") != 0,
    )


def _replaced(num: Element) -> dict[int, Level]:
    found: dict[int, Level] = {}
    for each in num:
        if local(each) == "lvlOverride" and child(each, "lvl") is not None:
            found |= _levels(each)
    return found


def _starts(num: Element) -> dict[int, int]:
    found: dict[int, int] = {}
    for each in num:
        depth = attribute(each, "ilvl") if local(each) == "lvlOverride" else None
        start = number_of(each, "startOverride")
        if depth is not None and depth.isdecimal() and start is not None:
            found[int(depth)] = start
    return found
