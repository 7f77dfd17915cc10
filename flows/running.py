"""`dondoc run`: the daily flow once, in this process, on Prefect's own embedded server."""

from __future__ import annotations

import asyncio
import logging
from datetime import date
from pathlib import Path
from typing import Any

from flows import prefect_home
from flows.steps.summary import lines_of_counts


class FlowFailed(Exception):  # noqa: N818 - the name says what happened
    """The flow ended in failure; the words are the failure's."""


def run_flow(var: Path, on: date | None) -> tuple[dict[str, Any], list[str]]:
    """Run the daily flow and return its figures and a few sentences. Raises FlowFailed."""
    prefect_home.settle(var)
    from flows.daily import daily

    logging.getLogger("prefect").setLevel(logging.ERROR)
    try:
        counts = asyncio.run(daily(on=on.isoformat() if on else None))
    except Exception as error:
        raise FlowFailed(str(error) or type(error).__name__) from error
    return counts, lines_of_counts(counts)
