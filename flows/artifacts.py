"""What a person reads of a daily run in Prefect: a summary, the day's messages by agency, the way to the desk."""

from __future__ import annotations

import asyncio
from typing import Any

from httpx import HTTPError
from prefect.artifacts import acreate_link_artifact, acreate_markdown_artifact, acreate_table_artifact
from prefect.exceptions import PrefectException

from flows.steps.daily import Report
from flows.steps.logs import logger
from flows.steps.summary import agency_rows, as_markdown
from flows.steps.workplace import Workplace


async def publish(workplace: Workplace, report: Report, suffix: str) -> bool:
    """Three artifacts a run, however many reminders there were; `suffix` tells provinces apart.

    A server that is away by now must not turn a day that went well into one that failed: False is returned.
    """
    try:
        await _publish(workplace, report, suffix)
    except (HTTPError, PrefectException) as error:
        logger("daily").warning("no artifacts", province=workplace.province, error=type(error).__name__)
        return False
    return True


async def _publish(workplace: Workplace, report: Report, suffix: str) -> None:
    counts: dict[str, Any] = report.counts()
    await acreate_markdown_artifact(
        key=f"dondoc-daily{suffix}", markdown=as_markdown(counts), description="Kết quả trong ngày"
    )
    await acreate_table_artifact(
        key=f"dondoc-agencies{suffix}",
        table=await asyncio.to_thread(agency_rows, workplace, report.day),
        description=f"Thư của ngày {report.day:%d/%m/%Y} theo cơ quan",
    )
    if desk := workplace.settings.desk.base_url:
        await acreate_link_artifact(
            key=f"dondoc-desk{suffix}", link=desk, link_text="Mở bàn làm việc", description="Bàn làm việc Đôn Đốc"
        )
