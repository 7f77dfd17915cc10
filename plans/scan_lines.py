"""The straight lines of a scanned page: dark runs too long to be letters."""

from __future__ import annotations

import io
import re
from typing import Any

from plans.limits import Limits

_DARK = 150
_STEPS = (1, 2, 4, 8, 16, 32, 64)
_LENGTH = 128
"""Pixels: the sum of the steps and one; 11 mm at 300 dots an inch."""
_FINE = (8, 2)
_APART = 5
"""Pixels of the reduced picture between two parts of one line."""
Segment = tuple[int, int, int]
"""Position across, from, to."""


def lines(data: bytes, _options: dict[str, str], _limits: Limits) -> dict[str, Any]:
    """Of a picture's bytes: its size and its lines, in pixels."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = 60_000_000
    with Image.open(io.BytesIO(data)) as opened:
        dark = opened.convert("L").point([255 if value < _DARK else 0 for value in range(256)])
    across = _long_runs(dark)
    down = _long_runs(dark.transpose(Image.Transpose.TRANSPOSE))
    return {"width": dark.width, "height": dark.height, "across": across, "down": down}


def _long_runs(dark: Any) -> list[list[int]]:
    """Horizontal lines as [y, from x, to x]."""
    from PIL import Image, ImageChops

    held = Image.new("L", (dark.width + _LENGTH, dark.height), 0)
    held.paste(dark, (0, 0))
    for shift in (1, -1):
        held = ImageChops.lighter(held, ImageChops.offset(held, 0, shift))
    for step in _STEPS:
        held = ImageChops.darker(held, ImageChops.offset(held, -step, 0))
    small = held.reduce(_FINE).point([0, *[255] * 255])
    row_bytes, width = small.tobytes(), small.width
    found: list[Segment] = []
    for y in range(small.height):
        row = row_bytes[y * width : (y + 1) * width]
        found.extend((y, run.start(), run.end()) for run in re.finditer(b"\xff+", row))
    scale_x, scale_y = _FINE
    return [[int(y * scale_y), x0 * scale_x, x1 * scale_x + _LENGTH] for y, x0, x1 in _joined(found)]


def _joined(segments: list[Segment]) -> list[tuple[float, int, int]]:
    """Runs on neighbouring rows that overlap or nearly meet are one line, drawn thick or a little askew."""
    groups: list[list[Segment]] = []
    active: list[list[Segment]] = []
    for segment in segments:
        y, x0, x1 = segment
        active = [group for group in active if y - group[-1][0] <= _APART]
        touching = [group for group in active if any(_meets(each, x0, x1, y) for each in group[-8:])]
        if not touching:
            groups.append([segment])
            active.append(groups[-1])
            continue
        first, *others = touching
        for other in others:
            first.extend(other)
            groups = [group for group in groups if group is not other]
            active = [group for group in active if group is not other]
        first.append(segment)
    return [
        (sum(y for y, _, _ in group) / len(group), min(x for _, x, _ in group), max(x for _, _, x in group))
        for group in groups
    ]


def _meets(segment: Segment, x0: int, x1: int, y: int) -> bool:
    return y - segment[0] <= _APART and segment[1] - _APART <= x1 and x0 <= segment[2] + _APART
