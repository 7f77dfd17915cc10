"""`dondoc run`: the daily flow once, in this process, on Prefect's own embedded server."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
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


def deploy_all(workplaces: Sequence[Workplace], pool: str) -> tuple[list[str], list[str]]:
    """Register every deployment with the server of PREFECT_API_URL, and remove what is no longer wanted.

    Returns the names of both. Raises OSError where the server does not answer.
    """
    with _server_answers("không đăng ký được với máy chủ Prefect"):
        from flows.deploying import deploy

        return deploy(workplaces, pool=pool)


def run_on_workers(workplace: Workplace, day: date) -> tuple[str, str]:
    """Ask the server of PREFECT_API_URL for today's run; its id and Prefect's name of its state. Raises OSError."""
    prefect_home.settle(workplace.settings.var)
    with _server_answers("không giao được cho worker qua máy chủ Prefect"):
        from flows.deploying import start_daily

        return start_daily(workplace.province, day)


@contextmanager
def _server_answers(failure: str) -> Iterator[None]:
    from httpx import HTTPError
    from prefect.exceptions import PrefectException

    try:
        yield
    except (HTTPError, PrefectException, RuntimeError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise OSError(f"{failure}: {reason}") from error
