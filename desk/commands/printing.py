"""How commands speak: JSON alone on stdout, tables for people, one clear line on stderr."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

DONE, FAILED, MISUSED = 0, 1, 2


class Misused(Exception):  # noqa: N818 - an outcome of reading what was typed
    """What was typed makes no sense; the words say why, in Vietnamese."""


def put(text: str) -> None:
    sys.stdout.write(text + "\n")


def put_json(data: Any) -> None:
    put(json.dumps(data, ensure_ascii=False, indent=2, default=_plain))


def fail(message: str) -> int:
    """Say what failed; returns the exit code."""
    sys.stderr.write(f"dondoc: {message}\n")
    return FAILED


def misuse(message: str) -> int:
    """Say what is wrong with the command; returns the exit code."""
    sys.stderr.write(f"dondoc: {message}\n")
    return MISUSED


def put_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table that fits the terminal; long cells are folded, never cut."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, show_lines=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        # Text, not markup: a title with square brackets is printed as it stands.
        table.add_row(*(Text(cell) for cell in row))
    console = Console(width=None if sys.stdout.isatty() else 140, highlight=False)
    console.print(table)


def day(text: str | None) -> date | None:
    """A date as people type it: 2026-06-01 or 01/06/2026. Raises Misused."""
    if text is None:
        return None
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a calendar date has no zone
        except ValueError:
            continue
    raise Misused(f"“{text}” không phải là ngày; hãy viết 2026-06-01 hoặc 01/06/2026.")


def shown(value: date | None) -> str:
    """dd/mm/yyyy, or a dash."""
    return f"{value:%d/%m/%Y}" if value else "–"


def actor() -> str:
    """Who is at the keyboard, for the audit log."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):
        return "cli"


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"cannot be JSON: {value!r}")
