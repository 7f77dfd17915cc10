"""`dondoc run`: the daily flow once, in this process, on Prefect's own embedded server."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from flows import prefect_home
from flows.steps.summary import lines_of_counts
from flows.steps.workplace import Workplace


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


def deploy_all(workplaces: Sequence[Workplace], pool: str) -> list[str]:
    """Register every deployment with the server of PREFECT_API_URL. Raises OSError where it does not answer."""
    from httpx import HTTPError
    from prefect.exceptions import PrefectException

    from flows.deploying import deploy

    try:
        return deploy(workplaces, pool=pool)
    except (HTTPError, PrefectException, RuntimeError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise OSError(f"không đăng ký được với máy chủ Prefect: {reason}") from error
