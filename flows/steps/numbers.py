"""Numbers as they are written in Vietnamese."""

from __future__ import annotations


def number(value: int) -> str:
    """Thousands take a dot: 1.250."""
    return f"{value:,}".replace(",", ".")
