"""What is seen from outside: logs without personal data, figures, health, the ping, missed mornings."""

from __future__ import annotations

import json
import logging
import re
import threading
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import select, update
from starlette.applications import Starlette
from starlette.testclient import TestClient

from config.settings import may_ping
from desk.web_health import routes
from flows.steps import logs, metrics, missed
from flows.steps.clock import here
from flows.steps.daily import Report, begin, end, run_daily
from flows.steps.pinging import ping
from flows.steps.sending import deliver
from flows.steps.workplace import Workplace, open_workplace
from store import keeping
from store.schema import messages
from tests.conftest import ROOT, Cli
from tests.desk_samples import DAY, Clock, with_samples
from tests.smtp_sink import Sink

CANARY_NAME = "Trần Thị Chim Hoàng Yến"
CANARY_MAIL = "chim.hoang.yen@soyte.minhson.example"
CANARY_PHONES = ("0912345678", "+84 912 345 678", "0912.345.678", "84912345678")
CANARY_SECRET = "mat-khau-chim-8842"


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    yield
    for handler in logging.getLogger("dondoc").handlers[:]:
        logging.getLogger("dondoc").removeHandler(handler)
        handler.close()


def lines(folder: Path) -> list[dict[str, Any]]:
    text = "".join(path.read_text(encoding="utf-8") for path in sorted((folder / "log").glob("*.jsonl")))
    return [json.loads(line) for line in text.splitlines()]


def test_no_canary_reaches_the_log(tmp_path: Path) -> None:
    given = {
        "DONDOC_SMTP_URL": f"smtp://nhac:{CANARY_SECRET}@127.0.0.1:25",
        "DONDOC_DATABASE_URL": "postgresql://dondoc:khac-9911@127.0.0.1/x",
        "DONDOC_KEY": "khoa-chim-" + "7" * 32,
    }
    logs.set_up(tmp_path, given)
    log = logs.logger("thu")
    for text in (CANARY_MAIL, *CANARY_PHONES, CANARY_SECRET, given["DONDOC_KEY"], *given.values(), "khac-9911"):
        log.info(f"gửi {text} xong", reason=f"550 <{text}> no such user", held={"answer": [text, {"sau": text}]})
        log.info("body", text=text, subject=text, to_name=CANARY_NAME, message=4)
    try:
        raise RuntimeError(f"[SQL: INSERT INTO messages] [parameters: ('{CANARY_NAME}', '{CANARY_MAIL}')]")
    except RuntimeError:
        log.exception("hỏng")
        logging.getLogger("dondoc.zalo").error("token %s of %s", CANARY_SECRET, CANARY_MAIL, exc_info=True)
    kept = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "log").glob("*.jsonl"))
    assert len(kept.splitlines()) == 2 * 11 + 2
    for canary in (CANARY_MAIL, *CANARY_PHONES, CANARY_SECRET, CANARY_NAME, "khoa-chim", "khac-9911", "Hoàng Yến"):
        assert canary not in kept
    assert all(json.loads(line)["timestamp"] for line in kept.splitlines())


def test_what_is_no_personal_data_stays_readable(tmp_path: Path) -> None:
    logs.set_up(tmp_path, {})
    logs.logger("thu").info("message", message=12345678901, on="2026-06-01", day="01/06/2026", code="4.7.0")
    kept = lines(tmp_path)[0]
    assert (kept["message"], kept["on"], kept["day"], kept["code"]) == (
        12345678901,
        "2026-06-01",
        "01/06/2026",
        "4.7.0",
    )


def test_a_run_logs_its_ids_and_no_person(environment: dict[str, str]) -> None:
    with Sink() as sink:
        place = open_workplace(environment | {"DONDOC_SMTP_URL": sink.url})
        place.ready()
        logs.set_up(place.settings.var, environment)
        clock = with_samples(place)
        run_daily(place, clock=clock, day=DAY)
        told = {address for address, _ in sink.mailbox.messages}
        subjects = {str(message["Subject"]) for _, message in sink.mailbox.messages}
    found = lines(place.settings.var)
    sent = [line for line in found if line["event"] == "message" and line["outcome"] == "sent"]
    assert len(sent) == len(sink.mailbox.messages) > 5
    assert len({line["message"] for line in sent}) == len(sent)
    assert {line["run"] for line in sent} == {1}
    assert any("plan" in line for line in found)
    whole = json.dumps(found, ensure_ascii=False)
    assert told
    assert not [one for one in told | subjects if one in whole]


def test_a_task_that_cannot_be_decided_is_logged_by_its_id(environment: dict[str, str]) -> None:
    place = open_workplace(environment)
    place.ready()
    logs.set_up(place.settings.var, environment)
    clock = with_samples(place)
    from store.schema import dues

    with place.database.write() as connection:
        broken = connection.execute(select(dues.c.task_id).where(dues.c.next_on == DAY).limit(1)).scalar_one()
        connection.execute(update(dues).where(dues.c.task_id == broken).values(track="due", told={"x": 3}))
    run_daily(place, clock=clock, day=DAY)
    assert broken in {line.get("task") for line in lines(place.settings.var) if line["event"] == "task not decided"}


def test_nothing_is_logged_to_stdout(dondoc: Cli) -> None:
    printed = dondoc("run", "--plain", "--on", "2026-06-01", "--json", DONDOC_LOG="stderr")
    json.loads(printed.stdout)
    assert any(json.loads(line)["event"] == "run ended" for line in printed.stderr.splitlines())
    assert dondoc("run", "--plain", "--on", "2026-06-01", DONDOC_LOG="off").stderr == ""


def samples_of(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    return {
        (one.name, frozenset(one.labels.items())): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }


def value(found: Mapping[tuple[str, frozenset[tuple[str, str]]], float], name: str, **labels: str) -> float:
    return found[f"dondoc_{name}", frozenset(labels.items())]


def test_the_alarms_for_prometheus_look_at_figures_that_there_are(environment: dict[str, str]) -> None:
    place = open_workplace(environment)
    place.ready()
    text = metrics.text([place], Clock(place)())
    known = {family.name for family in text_string_to_metric_families(text)}
    alarms = yaml.safe_load((ROOT / "deploy" / "prometheus-alerts.yml").read_text(encoding="utf-8"))
    rules = [rule for group in alarms["groups"] for rule in group["rules"]]
    looked_at = {name for rule in rules for name in re.findall(r"dondoc_\w+", rule["expr"])}
    assert len(rules) == len({rule["alert"] for rule in rules})
    assert looked_at <= known
    assert looked_at >= {f"dondoc_{name}" for name in ("run_missed", "on_hold", "channel_down")}
    for rule in rules:
        assert rule["labels"]["severity"] in {"critical", "warning"}
        assert rule["annotations"]["summary"].endswith(".")


def test_figures_agree_with_what_happened(environment: dict[str, str], database_url: str) -> None:
    with Sink() as sink:
        more = {"DONDOC_SMTP_URL": sink.url, "DONDOC_DATABASE_URL": database_url}
        place = open_workplace(environment | more)
        place.ready()
        clock = with_samples(place)
        report = run_daily(place, clock=clock, day=DAY)
        found = samples_of(metrics.text([place], clock()))
        province = place.province
        by_state = {"province": province, "channel": "email"}
        assert value(found, "messages", state="sent", **by_state) == report.delivered.sent > 0
        assert value(found, "last_good_run_timestamp_seconds", province=province) == clock().timestamp()
        assert value(found, "tasks_waiting", province=province) > 0
        assert value(found, "tasks_open", province=province) > value(found, "tasks_waiting", province=province)
        assert value(found, "on_hold", province=province) == 0
        assert value(found, "channel_down", province=province, channel="email") == 0
        with place.database.write() as connection:
            keeping.hold(connection, province, "thử")
            first = connection.execute(select(messages.c.id).where(messages.c.state == "sent")).scalars().first()
            connection.execute(
                update(messages)
                .where(messages.c.id == first)
                .values(state="ready", not_before=clock() - timedelta(hours=2))
            )
            second = connection.execute(select(messages.c.id).where(messages.c.state == "sent")).scalars().first()
            connection.execute(
                update(messages).where(messages.c.id == second).values(state="refused", code="550 5.1.1")
            )
        found = samples_of(metrics.text([place], clock()))
        assert value(found, "on_hold", province=province) == 1
        assert value(found, "oldest_queued_seconds", province=province) == 7200
        assert value(found, "messages_failed", province=province, channel="email", reason="550 5.1.1") >= 1
        assert sink.mailbox.messages[0][0] not in metrics.text([place], clock())
        place.database.close()


def client(place: Workplace, clock: Clock, host: str = "testclient") -> TestClient:
    return TestClient(Starlette(routes=list(routes([place], clock))), client=(host, 5000))


def test_health_follows_the_run_and_readiness_the_schema(environment: dict[str, str]) -> None:
    place = open_workplace(environment)
    clock = Clock(place)
    assert client(place, clock).get("/readyz").status_code == 503
    place.ready()
    assert client(place, clock).get("/readyz").json() == {"ok": True, "provinces": {"phu-chau": "ok"}}
    assert client(place, clock).get("/healthz").status_code == 200
    missed.expect(place, clock())
    clock.move(minutes=3)
    late = client(place, clock).get("/healthz")
    assert (late.status_code, late.json()["provinces"]) == (503, {"phu-chau": "missed"})
    run_daily(place, clock=clock, day=DAY)
    assert client(place, clock).get("/healthz").status_code == 200
    clock.move(days=1)
    assert client(place, clock).get("/healthz").status_code == 503


def test_health_says_so_when_the_database_is_gone(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"not a database" * 300)
    place = open_workplace(environment | {"DONDOC_DATABASE_URL": f"sqlite:///{tmp_path / 'x.db'}"})
    clock = Clock(place)
    clock.move(minutes=10)
    for page in ("/healthz", "/readyz"):
        answer = client(place, clock).get(page)
        assert (answer.status_code, answer.json()["provinces"]) == (503, {"phu-chau": "database"})
    assert client(place, clock).get("/metrics").status_code == 503


def test_figures_are_for_this_machine_or_the_token(environment: dict[str, str]) -> None:
    place = open_workplace(environment)
    place.ready()
    clock = Clock(place)
    assert client(place, clock).get("/metrics").status_code == 200
    assert client(place, clock, "192.0.2.7").get("/metrics").status_code == 403
    assert client(place, clock, "127.0.0.1").get("/metrics").status_code == 200
    proxied = {"X-Forwarded-For": "192.0.2.7"}
    assert client(place, clock, "127.0.0.1").get("/metrics", headers=proxied).status_code == 403
    guarded = open_workplace(environment | {"DONDOC_METRICS_TOKEN": "chi-may-chu-giam-sat"})
    assert client(guarded, clock, "127.0.0.1").get("/metrics").status_code == 403
    right = {"Authorization": "Bearer chi-may-chu-giam-sat"}
    assert client(guarded, clock, "192.0.2.7").get("/metrics", headers=right).status_code == 200


class Alarm:
    """Who waits outside for the ping."""

    def __init__(self, status: int = 200, location: str | None = None) -> None:
        seen: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                seen.append(self.path)
                self.send_response(status)
                if location:
                    self.send_header("Location", location)
                self.end_headers()

            def log_message(self, *_args: object) -> None:
                pass

        self.seen = seen
        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/ping/abc?x=1"

    def __enter__(self) -> Alarm:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_args: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def test_a_good_run_of_today_pings_and_others_do_not(environment: dict[str, str]) -> None:
    with Alarm() as alarm:
        place = open_workplace(environment | {"DONDOC_PING_URL": alarm.url})
        place.ready()
        run_daily(place, clock=Clock(place), day=DAY)
        assert alarm.seen == []
        clock = here(place.zone)
        run_daily(place, clock=clock, day=clock().date())
        assert alarm.seen == ["/ping/abc?x=1"]


def test_a_failed_ping_is_never_fatal(environment: dict[str, str]) -> None:
    place = open_workplace(environment | {"DONDOC_PING_URL": "http://127.0.0.1:9/ping"})
    place.ready()
    clock = here(place.zone)
    run_daily(place, clock=clock, day=clock().date())
    with Alarm(500) as alarm:
        assert not ping(alarm.url)
    with Alarm(302, "http://127.0.0.1:1/") as alarm:
        assert not ping(alarm.url)
        assert len(alarm.seen) == 1


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("https://alarm.example/p/1", True),
        ("http://127.0.0.1:8000/p", True),
        ("http://localhost/p", True),
        ("http://alarm.example/p", False),
        ("http://169.254.169.254/latest", False),
        ("http://localhost.evil.example/", False),
        ("https://u:p@alarm.example/", False),
        ("https://alarm.example:x/", False),
        ("file:///etc/passwd", False),
        ("https://", False),
        ("https://alarm.example/a b", False),
        ("", False),
    ],
)
def test_only_safe_addresses_are_pinged(url: str, may: bool) -> None:
    assert may_ping(url) is may


def test_a_wrong_ping_address_is_refused_at_the_start(dondoc: Cli) -> None:
    result = dondoc("check", DONDOC_PING_URL="http://alarm.example/p/bi-mat")
    assert result.returncode == 1
    assert "DONDOC_PING_URL" in result.stderr
    assert "bi-mat" not in result.stderr


def test_days_without_a_run_are_told_to_the_operator_once(environment: dict[str, str], database_url: str) -> None:
    with Sink() as sink:
        more = {"DONDOC_SMTP_URL": sink.url, "DONDOC_DATABASE_URL": database_url}
        place = open_workplace(environment | more)
        place.ready()
        monday = date(2026, 6, 1)
        run_daily(place, clock=Clock(place, monday), day=monday)
        assert "không có lượt chạy" not in sink.mailbox.messages[0][1].get_body(("plain",)).get_content()
        friday = date(2026, 6, 5)
        for _ in range(2):
            run_daily(place, clock=Clock(place, friday), day=friday)
        (digest,) = sink.mailbox.messages[1:]
        assert digest[0] == place.settings.office.reply_to
        said = digest[1].get_body(("plain",)).get_content()
        assert "3 ngày từ 02/06/2026 đến 04/06/2026 không có lượt chạy" in said
        place.database.close()


@pytest.mark.parametrize("caught_up", [True, False])
def test_a_morning_missed_today_is_told_once_in_the_one_mail_of_the_day(
    environment: dict[str, str], caught_up: bool
) -> None:
    with Sink() as sink:
        place = open_workplace(environment | {"DONDOC_SMTP_URL": sink.url})
        place.ready()
        clock = Clock(place)
        missed.expect(place, clock())
        assert not missed.missed(place, clock())
        clock.move(minutes=30)
        assert missed.missed(place, clock())
        for _ in range(3):
            missed.warn_of_today(place, clock())
        if caught_up:
            run_daily(place, clock=clock, day=DAY)
        deliver(place, clock=clock)
        clock.move(days=7)
        run_daily(place, clock=clock, day=DAY + timedelta(days=7))
        assert {to for to, _ in sink.mailbox.messages} == {place.settings.office.reply_to}
        told = [" ".join(mail.get_body(("plain",)).get_content().split()) for _, mail in sink.mailbox.messages]
        assert len(told) == 2
        assert "07:30 hôm nay, ngày 01/06/2026, không diễn ra đúng giờ" in told[0]
        assert "01/06/2026, không diễn ra" not in told[1]


def test_the_hour_of_the_run_counts_in_the_provinces_own_zone(environment: dict[str, str]) -> None:
    place = open_workplace(environment)
    place.ready()
    at = place.settings.schedule.daily_at
    assert at == time(7, 30)
    before = datetime(2026, 6, 1, 7, 31, tzinfo=place.zone)
    missed.expect(place, before - timedelta(days=1))
    assert not missed.missed(place, before)
    assert missed.missed(place, before + timedelta(minutes=2))


def test_an_installation_of_the_afternoon_has_missed_no_morning(environment: dict[str, str]) -> None:
    place = open_workplace(environment)
    place.ready()
    afternoon = datetime(2026, 6, 1, 15, 0, tzinfo=place.zone)
    for now in (afternoon, afternoon + timedelta(hours=2)):
        missed.expect(place, now)
        assert not missed.missed(place, now)
    tried = begin(place, date(2026, 5, 4), afternoon)
    end(place, tried, Report(day=date(2026, 5, 4)), now=afternoon)
    assert not missed.missed(place, afternoon), "a day that was tried out is no morning"
    tomorrow = datetime(2026, 6, 2, 7, 32, tzinfo=place.zone)
    assert missed.missed(place, tomorrow), "the first morning that somebody looked after"
    begun = begin(place, tomorrow.date(), tomorrow)
    end(place, begun, Report(day=tomorrow.date()), now=tomorrow, error="tried out")
    assert not missed.missed(place, tomorrow + timedelta(minutes=30))
    assert missed.missed(place, tomorrow + timedelta(hours=2))
    place.database.close()


def test_an_older_installation_has_missed_the_morning_of_its_upgrade(environment: dict[str, str]) -> None:
    place = open_workplace(environment)
    place.ready()
    run_daily(place, clock=Clock(place), day=DAY)
    upgraded = datetime(2026, 6, 2, 10, 0, tzinfo=place.zone)
    missed.expect(place, upgraded)
    assert missed.missed(place, upgraded)
    place.database.close()
