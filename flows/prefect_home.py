"""Prefect's surroundings, set before Prefect is first imported: its own database, nothing sent outside.

Measured: with these two switches no connection leaves the machine. Prefect's records stay apart from ours,
because they are not the truth about what was sent.
"""

from __future__ import annotations

import os
from pathlib import Path


def settle(var: Path) -> None:
    """Point Prefect at `var`/prefect unless the environment says otherwise. Call before importing Prefect."""
    home = var / "prefect"
    home.mkdir(parents=True, exist_ok=True)
    for name, value in {
        "PREFECT_HOME": str(home),
        # By default it would write its pages beside its program, which a service may not.
        "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(home / "ui"),
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
        "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
        "PREFECT_CLI_PROMPT": "false",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    }.items():
        os.environ.setdefault(name, value)


def note_api(var: Path, url: str) -> None:
    """Remember where the server of `dondoc serve` answers, for commands that are given no PREFECT_API_URL."""
    _noted(var).parent.mkdir(parents=True, exist_ok=True)
    _noted(var).write_text(url, encoding="utf-8")


def forget_api(var: Path) -> None:
    _noted(var).unlink(missing_ok=True)


def api(var: Path) -> str | None:
    """The server's address: PREFECT_API_URL, else the one of a `dondoc serve` at work; None where there is none."""
    if given := os.environ.get("PREFECT_API_URL"):
        return given
    try:
        return _noted(var).read_text(encoding="utf-8") or None
    except OSError:
        return None


def _noted(var: Path) -> Path:
    return var / "prefect" / "api"
