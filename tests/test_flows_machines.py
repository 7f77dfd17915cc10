"""Several machines, on loopback: PostgreSQL, a Prefect server on it, two process workers, and everything killed.

Two provinces are told about the same plans. While both workers have a mail on its way, one of them is killed with
all it started, the database is restarted under the other, and the server is stopped for a minute. The next day's
runs bring it in order: each message has arrived, once. (What a kill costs after the mail was taken and before that
was noted is in test_flows_crash.) Meanwhile the dead run is found by its silence. And what else the server starts:
what a recorded document sets off, a missed morning, a run that is asked for twice, the digest beside the daily run,
the reports.
"""

from __future__ import annotations

import asyncio
import signal
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from notifiers.email_message import message_id
from tests.conftest import SAMPLES
from tests.prefect_site import PROVINCES, ZONE, Site, today, until, write_province
from tests.smtp_sink import Mailbox, Sink

pytestmark = [pytest.mark.prefect, pytest.mark.postgresql, pytest.mark.slow]
OUTAGE = 60.0
"""Seconds for which the server is away."""
PHU_CHAU, MINH_SON = PROVINCES
HOSTS = {PHU_CHAU: "phuchau.example", MINH_SON: "minhson.example"}


class SlowMailbox(Mailbox):
    """Takes its time; while `held`, mails stay on their way. One whose sender dies meanwhile is not taken."""

    pause = 0.5
    held = False

    def __init__(self) -> None:
        super().__init__()
        self.waiting: set[int] = set()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.waiting.add(id(session))
        try:
            await asyncio.sleep(self.pause)
            while self.held:
                await asyncio.sleep(0.05)
        finally:
            self.waiting.discard(id(session))
        return await super().handle_DATA(server, session, envelope)


class SlowSink(Sink):
    def __init__(self) -> None:
        super().__init__()
        self.mailbox = self.handler = SlowMailbox()


@pytest.fixture
def sink() -> Iterator[SlowSink]:
    with SlowSink() as made:
        yield made


@pytest.fixture
def site(tmp_path: Path, postgres_server: str, sink: SlowSink) -> Iterator[Site]:
    made = Site(tmp_path, postgres_server, sink.url)
    try:
        yield made
    finally:
        sink.mailbox.held = False
        for process in reversed(made.started):
            made.kill(process, signal.SIGTERM if process is made.server else signal.SIGKILL)


def test_each_message_once_whatever_is_killed(site: Site, sink: SlowSink) -> None:
    prepare(site)
    first, _second = site.worker("may-1"), site.worker("may-2")
    runs = {province: site.run(province, on="2026-06-01") for province in PROVINCES}
    until(lambda: len(senders(site)) == 2 and len(sink.mailbox.messages) >= 4, "both workers send at once")
    sink.mailbox.held = True
    until(lambda: len(sink.mailbox.waiting) == 2, "both workers have a mail on its way")
    assert {province for (province,) in site.rows("SELECT DISTINCT province FROM runs")} == set(PROVINCES)
    dead, alive = sorted(PROVINCES, key=lambda province: not site.has(first, runs[province]))
    site.kill(first)
    until(lambda: len(sink.mailbox.waiting) == 1, "the mail of the killed one is gone with it")
    assert [site.state(run) for run in runs.values()] == ["RUNNING", "RUNNING"]
    site.restart_postgres()
    stop_server_for_a_while(site, sink)
    site.worker("may-3")
    assert site.ended(runs[alive]) == "COMPLETED"
    until(lambda: site.fired() >= 1, "the schedule fires by itself")
    site.complete(alive, on="2026-06-02")
    nothing_lost(site, sink, alive)
    sink.mailbox.pause = 0
    what_a_recorded_document_starts(site, sink, alive, without=dead)
    # The run of the killed worker does not stay "running", in the way of the next.
    assert site.ended(runs[dead]) == "CRASHED"
    site.complete(dead, on="2026-06-02")
    nothing_lost(site, sink, dead)
    what_the_other_deployments_do(site, sink)


def prepare(site: Site) -> None:
    files = [str(path) for path in sorted(SAMPLES.glob("*.txt"))]
    for province in PROVINCES:
        assert site.dondoc("import", *files, DONDOC_PROVINCE=province).returncode == 0
    known = []
    for again in (False, True):
        if again:
            site.leave_behind("dondoc-daily-tinh-cu")
        deployed = site.dondoc("deploy")
        assert deployed.returncode == 0, deployed.stderr
        assert ("Đã gỡ dondoc-daily-tinh-cu" in deployed.stdout) is again
        assert deployed.stdout.count("Đã đăng ký") == 6 * len(PROVINCES) + 1
        known.append([site.deployment("resolve", province) for province in PROVINCES])
    assert known[0] == known[1]


def stop_server_for_a_while(site: Site, sink: SlowSink) -> None:
    """The server is away for a minute; what runs goes on sending meanwhile."""
    site.kill(site.server, signal.SIGTERM)
    back = time.monotonic() + OUTAGE
    arrived = len(sink.mailbox.messages)
    sink.mailbox.held = False
    until(lambda: len(sink.mailbox.messages) > arrived, "mails leave without the server")
    time.sleep(max(0.0, back - time.monotonic()))
    site.server = site.start_server()


def senders(site: Site) -> set[str]:
    """Who has a mail on its way; each run is a process of its own."""
    return {who for (who,) in site.rows("SELECT DISTINCT worker FROM messages WHERE state = 'sending'")}


def nothing_lost(site: Site, sink: SlowSink, province: str) -> None:
    """What could have left of the two days has, once; an agency that got a dead run's message gets its own of that
    day on the next."""
    of = f"province = '{province}' AND not_before < '2026-06-02 17:00+00'"
    assert (
        site.rows(
            "SELECT key, state, code, not_before FROM messages WHERE state NOT IN ('sent', 'withdrawn')"
            f" AND day <= '2026-06-02' AND {of}"
        )
        == []
    )
    planned = site.rows(
        "SELECT count(*) FROM reminders JOIN messages ON messages.id = message_id WHERE reminders.state = 'planned'"
        f" AND decided_on <= '2026-06-02' AND messages.{of}"
    )
    assert planned == [(0,)]
    sent = [
        key for (key,) in site.rows(f"SELECT key FROM messages WHERE state = 'sent' AND province = '{province}'")
    ]
    assert len(sent) > 5
    arrived = {name: times for name, times in arrivals(sink).items() if HOSTS[province] in name}
    assert arrived == dict.fromkeys((message_id(key, HOSTS[province]) for key in sent), 1)
    crossed = site.rows(
        "SELECT count(*) FROM reminders JOIN messages ON messages.id = message_id"
        " JOIN dues ON dues.id = due_id WHERE reminders.province <> messages.province"
        " OR reminders.province <> dues.province"
    )
    assert crossed == [(0,)]


def arrivals(sink: SlowSink) -> Counter[str]:
    return Counter(str(message["Message-ID"]).strip() for _, message in sink.mailbox.messages)


def what_a_recorded_document_starts(site: Site, sink: SlowSink, province: str, *, without: str) -> None:
    """From `dondoc event add` over Prefect's event and automation to the mail, in the document's province alone."""
    words = ("--issuer", "Bộ Tài chính", "--instrument", "Thông tư", "--subject", "hướng dẫn thử")
    added = site.dondoc("event", "add", *words, "--on", f"{today()}", "--release", "all", DONDOC_PROVINCE=province)
    assert added.returncode == 0, added.stderr
    assert "Đã mở" in added.stdout
    until(
        lambda: [run["state_type"] for run in site.runs_of("resolve", province)] == ["COMPLETED"],
        "the automation starts the resolve flow",
    )
    assert site.runs_of("resolve", without) == []
    told = (
        "SELECT messages.key FROM releases JOIN dues ON dues.task_id = releases.task_id JOIN reminders ON"
        " due_id = dues.id JOIN messages ON messages.id = message_id WHERE messages.state = 'sent'"
    )
    keys = [key for (key,) in site.rows(told)]
    assert keys
    assert {message_id(key, HOSTS[province]) for key in keys} <= set(arrivals(sink))


def what_the_other_deployments_do(site: Site, sink: SlowSink) -> None:
    begun = datetime.now(ZONE)
    # A few minutes after midnight no hour of today is past enough; the watch is then left out.
    late = begun - timedelta(minutes=30)
    if late.date() == begun.date():
        write_province(site.config, f'[schedule]\ndaily_at = "{late:%H:%M}"\n')
    asked = [site.dondoc("run", "--workers", DONDOC_PROVINCE=PHU_CHAU) for _ in range(2)]
    assert [one.returncode for one in asked] == [0, 0], asked
    assert "Lượt chạy ngày" in asked[0].stdout
    site.complete(MINH_SON, "watch")
    site.complete(PHU_CHAU, "report", period="month")
    own = [run for run in site.runs_of("daily", PHU_CHAU) if "dondoc-daily|" in str(run["idempotency_key"])]
    assert len(own) == 1
    assert site.ended(own[0]["id"]) == "COMPLETED"
    site.complete(PHU_CHAU, "digest")
    rows = site.rows(f"SELECT province, count(*) FROM runs WHERE day >= '{begun:%Y-%m-%d}' GROUP BY 1")
    mornings = dict(rows)
    # Two watches may see the same missed morning; what counts is that nobody is told twice.
    assert mornings[PHU_CHAU] == 1
    assert late.date() != begun.date() or mornings[MINH_SON] >= 1
    digests = site.rows(
        f"SELECT key FROM messages WHERE province = '{PHU_CHAU}' AND purpose = 'digest' AND state = 'sent'"
        f" AND day >= '{begun:%Y-%m-%d}'"
    )
    assert len(digests) == 1
    assert set(arrivals(sink).values()) == {1}
    assert sorted(file.suffix for file in (site.folder / "var" / "reports" / PHU_CHAU).iterdir()) == [
        ".docx",
        ".xlsx",
    ]
    assert {"markdown", "table"} <= {kind for (kind,) in site.prefect_rows("SELECT DISTINCT type FROM artifact")}
