"""What the reading of one file may cost."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What the reading of one file may cost. Sizes are in bytes, times in seconds of the clock."""

    seconds: int = 30
    memory: int = 512 * MIB
    """Address space of the child."""
    file_size: int = 50 * MIB
    answer_size: int = 32 * MIB
    inflated: int = 50 * MIB
    """All entries of a zip container together, unpacked."""
    entries: int = 2000
    ratio: int = 100
    """Unpacked to packed, for entries of more than a mebibyte."""
    pages: int = 500
    rows: int = 50_000
    """Rows of all tables together."""
    office_seconds: int = 120
    """For LibreOffice to convert one file."""
    scan_seconds: int = 900
    """For recognising the letters of all scanned pages together."""
