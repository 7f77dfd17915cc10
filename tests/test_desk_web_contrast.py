"""Contrast, computed from the sheet: 4.5 for text, 3 for edges and chart lines (WCAG 2.2, 1.4.3 and 1.4.11)."""

from __future__ import annotations

import itertools
import re

import pytest

from desk.web.rendering import FOLDER

SHEET = (FOLDER / "static" / "desk.css").read_text(encoding="utf-8")

TEXT = [
    (text, ground)
    for text in ("text", "dim", "link", "strong", "late", "soon", "wait", "good")
    for ground in ("page", "card")
] + [
    ("late", "late-page"), ("soon", "soon-page"), ("good", "good-page"), ("wait", "wait-page"),
    ("text", "soon-page"), ("dim", "soon-page"), ("link", "soon-page"), ("button-text", "button"),
]  # fmt: skip
SHAPES = [
    (shape, "card") for shape in ("edge", "c1", "c2", "c3", "c4", "w1", "w2", "w3", "w4", "late", "button")
] + [("edge", "page")]


def variables(scheme: str) -> dict[str, str]:
    roots = re.findall(r":root \{(.*?)\}", SHEET, re.DOTALL)
    light, dark = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]+);", root)) for root in roots[:2])
    assert set(light) == set(dark)
    return light if scheme == "light" else dark


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * one for one in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def test_contrast_is_computed_as_the_standard_says() -> None:
    assert contrast("#fff", "#000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(scheme: str) -> None:
    kept = variables(scheme)
    weak = {(text, ground): round(contrast(kept[text], kept[ground]), 2) for text, ground in TEXT}
    assert {pair: found for pair, found in weak.items() if found < 4.5} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_edges_and_lines_stand_out(scheme: str) -> None:
    kept = variables(scheme)
    weak = {(shape, ground): round(contrast(kept[shape], kept[ground]), 2) for shape, ground in SHAPES}
    assert {pair: found for pair, found in weak.items() if found < 3} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_levels_of_the_weeks_are_told_apart(scheme: str) -> None:
    """Neighbouring shades of one colour, in the same order on screen and paper."""
    kept = variables(scheme)
    levels = [contrast(kept[f"w{level}"], kept["card"]) for level in range(1, 5)]
    assert all(higher / lower >= 1.5 for lower, higher in itertools.pairwise(levels)), levels


@pytest.mark.parametrize("square", ["h1", "h2", "h3", "h4"])
def test_numbers_stand_out_from_their_squares(square: str) -> None:
    found = re.findall(rf"\.{square} \{{ background: (#\w+); color: (#\w+); \}}", SHEET)
    assert len(found) == 2, "one on light ground, one on dark"
    assert all(contrast(ground, text) >= 4.5 for ground, text in found)


def test_colours_stand_only_in_the_variables() -> None:
    """A colour written anywhere else would be checked by nobody. The squares of the heat map are checked above."""
    rest = re.sub(r":root \{.*?\}", "", SHEET, flags=re.DOTALL)
    rest = re.sub(r"\.h\d \{[^}]*\}", "", rest)
    assert re.findall(r"#[0-9a-f]{3,6}\b", rest) == []
