"""Several provinces in one installation: each has its own office, agencies, inbox and rows."""

from __future__ import annotations

import shutil
import threading
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from config.errors import ConfigError
from flows import prefect_home
from flows.emitting import RECORDED, emit_recorded
from flows.steps import completing, events, metrics
from flows.steps.clock import standing_at
from flows.steps.daily import run_daily
from flows.steps.keeping_reports import keep_report
from flows.steps.listing import all_tasks
from flows.steps.previewing import preview
from flows.steps.workplace import Workplace, open_workplace, open_workplaces
from store.balance import balance
from store.events import EventRecord
from store.schema import messages, metadata
from tests.conftest import SAMPLES, Cli
from tests.crossing import loose_tables, watched
from tests.prefect_site import two_provinces
from tests.smtp_sink import Sink

DAY = date(2026, 6, 1)


@pytest.fixture
def given(environment: dict[str, str], tmp_path: Path, database_url: str) -> dict[str, str]:
    two_provinces(tmp_path / "config")
    return environment | {
        "DONDOC_CONFIG": str(tmp_path / "config"),
        "DONDOC_PROVINCES": "phu-chau,minh-son",
        "DONDOC_DATABASE_URL": database_url,
    }


def rows_of(place: Workplace, province: str) -> dict[str, list[object]]:
    """Every row of a province, in every table that has provinces."""
    with place.database.read() as connection:
        return {
            table.name: list(
                connection.execute(select(table).where(table.c.province == province).order_by(table.c.id)).all()
            )
            for table in metadata.sorted_tables
            if "province" in table.c
        }


def work(place: Workplace, day: date) -> None:
    run_daily(place, clock=standing_at(day, place.settings.schedule.work_from, place.zone), day=day)


def test_a_run_of_one_province_touches_no_row_of_another(given: dict[str, str]) -> None:
    with Sink() as sink:
        one, other = open_workplaces(given | {"DONDOC_SMTP_URL": sink.url})
        one.ready()
        for place in (one, other):
            place.settings.inbox.mkdir(parents=True)
            shutil.copy(SAMPLES / "ke-hoach-12-chuyen-doi-so.txt", place.settings.inbox)
        assert other.settings.inbox.name == "minh-son"
        work(one, DAY)
        assert not any(rows_of(one, "minh-son").values()), "nothing of the other came to be"
        phuchau = len(sink.mailbox.messages)
        before = rows_of(one, "phu-chau")
        assert before["tasks"]
        work(other, DAY)
        work(other, date(2026, 6, 15))
        assert rows_of(one, "phu-chau") == before
        assert rows_of(one, "minh-son")["tasks"]
        senders = {str(message["From"]) for _, message in sink.mailbox.messages[phuchau:]}
        assert phuchau
        assert len(senders) == 1
        assert "nhacviec@minhson.example" in senders.pop()
        one.database.close()
        other.database.close()


def test_every_table_names_the_province() -> None:
    assert [table.name for table in metadata.sorted_tables if "province" not in table.c] == []


def test_a_province_without_an_office_of_its_own_is_refused(given: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"long-hai\.toml"):
        open_workplace(given, "long-hai")
    with pytest.raises(ConfigError, match="DONDOC_PROVINCES"):
        open_workplace(given, "../etc")
    (tmp_path / "config" / "provinces" / "long-hai.toml").write_text("[desk]\nport = 9000\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"office\.province"):
        open_workplace(given, "long-hai")


def test_deploying_needs_a_server_that_answers(dondoc: Cli) -> None:
    assert dondoc("deploy").returncode == 2


class Server:
    """Takes what would go to Prefect."""

    def __init__(self, status: int) -> None:
        self.bodies: list[str] = []
        bodies = self.bodies

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                bodies.append(self.path + self.rfile.read(int(self.headers["Content-Length"])).decode())
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_args: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/api"

    def __enter__(self) -> Server:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_args: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def test_a_recorded_document_is_told_to_prefect_and_fails_for_nobody(
    dondoc: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("event", "add", "--issuer", "Chính phủ", "--instrument", "Nghị định")
    more = ("--on", "2026-06-01", "--subject", "quy định thử")
    with Server(204) as server:
        assert dondoc(*words, *more, PREFECT_API_URL=server.url).returncode == 0
        assert len(server.bodies) == 1
        assert server.bodies[0].startswith("/api/events")
        assert RECORDED in server.bodies[0]
        assert "dondoc.province.phu-chau" in server.bodies[0]
        assert "quy định" not in server.bodies[0]
    assert dondoc(*words, *more, PREFECT_API_URL="http://127.0.0.1:9/api").returncode == 0
    place = open_workplace(dondoc.environment)
    with Server(500) as server:
        monkeypatch.setenv("PREFECT_API_URL", server.url)
        assert not emit_recorded(place, 1)
    monkeypatch.delenv("PREFECT_API_URL")
    assert not emit_recorded(place, 1)
    # A `dondoc serve` at work leaves word where its own server is.
    with Server(204) as server:
        prefect_home.note_api(place.settings.var, server.url)
        assert emit_recorded(place, 1)
    prefect_home.forget_api(place.settings.var)
    assert not emit_recorded(place, 1)


def test_every_statement_is_held_to_one_province(given: dict[str, str]) -> None:
    """A day of work in two provinces, and what a person does in it: no statement looks at rows of both."""
    with Sink() as sink, watched() as seen:
        one, other = open_workplaces(given | {"DONDOC_SMTP_URL": sink.url})
        one.ready()
        seen.clear()
        for place in (one, other):
            live(place)
        one.database.close()
        other.database.close()
    assert sink.mailbox.messages
    assert seen == {}


def live(place: Workplace) -> None:
    """Everything that a province does with its rows in a day or two."""
    now = standing_at(DAY, place.settings.schedule.work_from, place.zone)()
    common: dict[str, Any] = {"now": now, "today": DAY, "actor": "quantri"}
    place.settings.inbox.mkdir(parents=True)
    for file in ("ke-hoach-12-chuyen-doi-so.txt", "ke-hoach-88-nuoc-sach.txt"):
        shutil.copy(SAMPLES / file, place.settings.inbox)
    work(place, DAY)
    with place.database.read() as connection:
        tasks = [one for one in all_tasks(connection, place) if one.state == "open"]
    completing.complete(place, tasks[0].id, on=DAY, document="1/BC", due_key=None, **common)
    completing.extend(place, tasks[1].id, to=date(2026, 9, 30), document="2/UBND", due_key=None, **common)
    keep_report(place, "month", now=now)
    metrics.text([place], now=now)
    event = EventRecord(
        issuer="Bộ Tài chính", instrument="Thông tư", number="1/2026/TT-BTC", on_date=DAY, subject="hướng dẫn thử"
    )
    events.record_event(place, event, now=now, actor="quantri")
    assert preview(place, DAY, date(2026, 7, 1))
    with place.database.read() as connection:
        assert balance(connection, place.province).holds
    work(place, date(2026, 6, 15))


def test_a_query_that_crosses_is_seen() -> None:
    held = select(messages).where(messages.c.province == "phu-chau")
    assert loose_tables(held) == set()
    assert loose_tables(select(messages)) == {"messages"}
    assert loose_tables(select(messages).where(messages.c.state == "ready")) == {"messages"}
    tasks = metadata.tables["tasks"]
    assert loose_tables(held.join(tasks, tasks.c.province == messages.c.province)) == set()
    assert loose_tables(select(messages, tasks).where(messages.c.province == "phu-chau")) == {"tasks"}
    assert loose_tables(messages.update().values(state="ready")) == {"messages"}
    assert loose_tables(messages.update().where(messages.c.id == 1).values(state="ready")) == set()
