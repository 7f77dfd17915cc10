"""The main job by Zalo, end to end: the fake on loopback, the real outbox, real mail for what falls back."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from flows.steps.channels import Tokens
from flows.steps.daily import run_daily
from flows.steps.importing import import_file
from flows.steps.previewing import preview
from flows.steps.sending import Delivered, deliver
from flows.steps.workplace import Workplace, open_workplace
from flows.steps.zalo_webhook import MOST_WRONG, give_code, hear
from notifiers.fake_zalo import FakeServer, Fault, Step, start
from notifiers.fake_zalo.faults import code
from notifiers.fake_zalo.hooks import Call
from notifiers.fake_zalo.page import example_world
from notifiers.zalo import put_pair
from store.schema import messages, reminders, zalo_alerts, zalo_messages, zalo_people
from tests.conftest import ROOT, SAMPLES
from tests.smtp_sink import Mailbox, Sink

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
DAY = date(2026, 6, 1)
AGENCY = "phu-chau.so-y-te"


@dataclass
class Clock:
    now: datetime = field(default_factory=lambda: datetime(2026, 6, 1, 8, 0, tzinfo=ZONE))

    def __call__(self) -> datetime:
        return self.now

    def on(self, day: date, hour: int = 8) -> None:
        self.now = datetime(day.year, day.month, day.day, hour, tzinfo=ZONE)


@dataclass
class Office:
    place: Workplace
    server: FakeServer
    mail: Mailbox
    clock: Clock

    def run(self) -> Delivered:
        return run_daily(self.place, clock=self.clock, day=self.clock().date()).delivered

    def again(self, **later: float) -> Delivered:
        self.clock.now += timedelta(**later)
        return deliver(self.place, clock=self.clock)

    def rows(self, channel: str = "zalo") -> list[Any]:
        with self.place.database.read() as connection:
            return list(connection.execute(select(messages).where(messages.c.channel == channel)))

    def hear(self, call: Call) -> Any:
        return hear(self.place, call.body, call.headers, now=self.clock())

    def last_hook(self) -> Call:
        """The webhook of the last delivery, as Zalo would send it."""
        last = self.server.world.deliveries[-1]
        stamp = str(int(last.at.timestamp() * 1000))
        told = {"msg_id": last.msg_id, "tracking_id": last.tracking_id, "delivery_time": stamp}
        return self.server.hooks.emit("user_received_message", {"message": told})


def configured(folder: Path, server: FakeServer, scheme: str) -> Path:
    """A copy of the shipped configuration in which every agency prefers Zalo."""
    shutil.copytree(ROOT / "config", folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    url = f"{scheme}://oa/nhac-viec" if scheme in {"zalooa", "zalouid"} else f"{scheme}://oa"
    (folder / "channels.toml").write_text(
        f'[zalo]\nurl = "{url}"\nper_minute = 1000\n\n[email]\nurl = ""\n', encoding="utf-8"
    )
    known, text = server.world.settings, (folder / "zalo.toml").read_text(encoding="utf-8")
    for name, host in (
        ("business_base", "https://business.openapi.zalo.me"),
        ("oa_base", "https://openapi.zalo.me"),
        ("oauth_base", "https://oauth.zaloapp.com"),
        ("bot_base", "https://bot-api.zaloplatforms.com"),
    ):
        text = text.replace(f'{name} = "{host}"', f'{name} = "{server.base}"')
    text = text.replace('app_id = ""', f'app_id = "{known.app_id}"').replace(
        'oa_id = ""', f'oa_id = "{known.oa_id}"'
    )
    text = text.replace("read_seconds = 20.0", "read_seconds = 0.5").replace(
        "jitter_seconds = 300", "jitter_seconds = 0"
    )
    (folder / "zalo.toml").write_text(text.replace("rate_per_minute = 600", "rate_per_minute = 100000"), "utf-8")
    province = folder / "agencies" / "phu-chau.toml"
    province.write_text(preferring_zalo(province.read_text("utf-8")), "utf-8")
    return folder


def preferring_zalo(text: str) -> str:
    """Every agency prefers Zalo, and everybody has a mobile phone."""
    lines, number = [], 0
    for line in text.splitlines():
        if line.startswith(("channels = ", "phone = ", "zalo_uid = ")):
            continue
        lines.append(line)
        if line.startswith("code = ") and lines[-2] == "[[agencies]]":
            lines.append('channels = ["zalo", "email"]')
        if line.startswith("role = "):
            number += 1
            lines.append(f'phone = "849{number:08d}"')
    return "\n".join(lines)


@pytest.fixture
def scheme() -> str:
    return "zalooa"


@pytest.fixture
def office(tmp_path: Path, environment: dict[str, str], database_url: str, scheme: str) -> Iterator[Office]:
    clock = Clock()
    world = example_world()
    world.clock = clock
    world.accounts._clock = clock
    with start(world) as server, Sink() as sink:
        known = world.settings
        given = environment | {
            "DONDOC_CONFIG": str(configured(tmp_path / "config", server, scheme)),
            "DONDOC_DATABASE_URL": database_url,
            "DONDOC_SMTP_URL": sink.url,
            "DONDOC_ZALO_APP_SECRET": known.app_secret,
            "DONDOC_ZALO_OA_SECRET": known.oa_secret,
            "DONDOC_ZALO_BOT_TOKEN": known.bot_token,
            "DONDOC_ZALO_BOT_SECRET": "secret-of-the-bot-hook",
        }
        place = open_workplace(given)
        place.ready()
        put_pair(Tokens(place, clock), *world.accounts.grant(), now=clock(), lock_seconds=5)
        for file in sorted(SAMPLES.glob("*.txt")):
            import_file(place, file, now=clock(), today=DAY, actor="test")
        yield Office(place=place, server=server, mail=sink.mailbox, clock=clock)
        place.database.close()


def phones(office: Office) -> Counter[str]:
    return Counter(one.to for one in office.server.world.deliveries)


def a_phone(office: Office) -> str:
    """The phone of somebody who is told something today."""
    agency = office.place.directory.agency(preview(office.place, DAY, DAY)[0].planned.agency)
    assert agency is not None
    return next(one.phone for one in agency.contacts if one.role.value == "focal" and one.phone)


def agencies_mailed(office: Office) -> list[str]:
    return [to for to, _ in office.mail.messages if to != office.place.settings.office.reply_to]


def states(office: Office, channel: str = "zalo") -> Counter[str]:
    return Counter(row.state for row in office.rows(channel))


def test_agencies_that_prefer_zalo_get_their_reminders_there(office: Office) -> None:
    result = office.run()
    arrived = office.server.world.deliveries
    assert len(arrived) > 3
    assert set(states(office)) == {"sent"}
    assert len(arrived) == states(office)["sent"]
    assert max(phones(office).values()) == 1
    assert not agencies_mailed(office)
    assert result.sent >= len(arrived)
    for one in arrived:
        assert set(one.fields) == {"agency", "count", "late", "due"}
        assert int(one.fields["count"]) > 0
    assert not office.server.world.sent_twice()
    assert office.run().sent == 0


def test_a_recipient_without_zalo_is_told_by_mail(office: Office) -> None:
    office.server.world.faults.script(a_phone(office), [code(-118)])
    office.run()
    assert states(office)["refused"] == 1
    refused = next(row for row in office.rows() if row.state == "refused")
    mails = [row for row in office.rows("email") if row.agency == refused.agency]
    assert [row.state for row in mails] == ["sent"]
    assert len(agencies_mailed(office)) == 1
    with office.place.database.read() as connection:
        told = connection.execute(
            select(reminders.c.state, reminders.c.channel).where(reminders.c.agency == refused.agency)
        ).all()
    assert {(row.state, row.channel) for row in told} >= {("told", "email"), ("lapsed", "zalo")}
    before = len(office.server.world.deliveries)
    office.clock.on(date(2026, 6, 15))
    office.run()
    later = office.server.world.deliveries[before:]
    with office.place.database.read() as connection:
        again = connection.execute(
            select(messages.c.channel).where(messages.c.agency == refused.agency, messages.c.day > DAY)
        ).scalars()
    assert set(again) <= {"email"}, "a refused number is not tried again by itself"
    assert not office.server.world.sent_twice()
    assert later


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.HANG])
def test_a_lost_answer_waits_for_the_webhook_and_is_never_sent_again(office: Office, fault: Fault) -> None:
    office.server.world.faults.script(a_phone(office), [Step(fault=fault, seconds=2, accepted=True)])
    office.run()
    unsure = next(row for row in office.rows() if row.state == "unconfirmed")
    for _ in range(3):
        office.again(hours=1)
    assert states(office)["unconfirmed"] == 1
    lost = next(one for one in office.server.world.deliveries if one.tracking_id == tracking_of(office, unsure.id))
    assert not office.server.world.sent_twice()
    stamp = str(int(lost.at.timestamp() * 1000))
    told = {"msg_id": lost.msg_id, "tracking_id": lost.tracking_id, "delivery_time": stamp}
    call = office.server.hooks.emit("user_received_message", {"message": told})
    assert office.hear(call).status == 200
    settled = next(row for row in office.rows() if row.id == unsure.id)
    assert settled.state == "sent"
    assert settled.reference == lost.msg_id
    with office.place.database.read() as connection:
        kept = connection.execute(select(reminders.c.state).where(reminders.c.message_id == unsure.id)).scalars()
        assert set(kept) == {"told"}
        when = connection.execute(
            select(zalo_messages.c.delivered_at).where(zalo_messages.c.message_id == unsure.id)
        ).scalar_one()
    assert when == lost.at
    assert office.hear(call).did == "repeated"
    assert not office.server.world.sent_twice()


def tracking_of(office: Office, message_id: int) -> str:
    with office.place.database.read() as connection:
        return str(
            connection.execute(
                select(zalo_messages.c.tracking).where(zalo_messages.c.message_id == message_id)
            ).scalar_one()
        )


def test_a_webhook_that_overtakes_the_lost_answer_settles_it(office: Office) -> None:
    office.run()
    call = office.last_hook()
    row = next(one for one in office.rows() if tracking_of(office, one.id) in call.body.decode())
    assert office.hear(call).did == "delivered"
    with office.place.database.write() as connection:
        connection.execute(messages.update().where(messages.c.id == row.id).values(state="unconfirmed"))
    office.again(minutes=5)
    assert next(one for one in office.rows() if one.id == row.id).state == "sent"


@pytest.mark.parametrize("change", ["forged", "late", "body", "other app"])
def test_a_webhook_that_is_not_zalos_changes_nothing(office: Office, change: str) -> None:
    office.server.world.faults.script(a_phone(office), [Step(fault=Fault.RESET, accepted=True)])
    office.run()
    if change == "forged":
        office.server.hooks.settings.forged = True
    if change == "other app":
        office.server.world.settings.app_id = "999"
    call = office.last_hook()
    body = call.body + b" " if change == "body" else call.body
    if change == "late":
        office.clock.now += timedelta(hours=4)
    assert hear(office.place, body, call.headers, now=office.clock()).status == 401
    assert states(office)["unconfirmed"] == 1


def test_a_token_that_expires_in_the_middle_is_renewed_once(office: Office) -> None:
    world = office.server.world
    seen = 0

    def expire(_delivery: object) -> None:
        nonlocal seen
        seen += 1
        if seen == 2:
            world.accounts.expire_access()

    office.clock.on(DAY, hour=10)
    world.delivered.append(expire)
    office.run()
    assert world.accounts.rotations == 1
    assert max(world.accounts.spent.values()) == 1
    assert set(states(office)) == {"sent"}
    assert not world.sent_twice()
    pair = Tokens(office.place, office.clock).load()
    assert pair is not None
    assert world.accounts.check(pair.access, "") is None


@pytest.mark.parametrize(
    ("number", "back"), [(-144, 2), (-137, 2), (-133, 2), (-1441, 30)], ids=["day", "money", "night", "month"]
)
def test_quota_money_and_night_hold_the_channel_and_lose_nothing(office: Office, number: int, back: int) -> None:
    world = office.server.world
    world.faults.script("*", [code(number)])
    office.run()
    held = states(office)
    assert held["ready"] > 3
    assert set(held) == {"ready"}
    assert not world.deliveries
    assert not agencies_mailed(office), "a channel that is held is not a recipient's fault"
    planned = {row.id for row in _planned(office)}
    world.faults.clear()
    office.clock.on(date(2026, 6, back))
    office.run()
    office.again(hours=1)
    assert {row.state for row in _planned(office) if row.id in planned} <= {"told", "lapsed", "withdrawn"}
    assert not world.sent_twice()
    told_of = Counter((row.agency, row.audience) for row in office.rows() if row.state == "sent")
    assert told_of
    assert max(told_of.values()) == 1


def _planned(office: Office) -> list[Any]:
    with office.place.database.read() as connection:
        return list(connection.execute(select(reminders).where(reminders.c.channel == "zalo")))


def test_what_the_admin_must_know_is_kept_once(office: Office) -> None:
    office.server.world.faults.script(a_phone(office), [code(-126), code(-126)])
    office.run()
    office.again(hours=2)
    with office.place.database.read() as connection:
        alerts = connection.execute(select(zalo_alerts)).all()
    assert [row.code for row in alerts] == ["-126"]
    assert alerts[0].advice


@pytest.mark.parametrize("scheme", ["zalocs"])
def test_a_contact_makes_itself_known_by_a_code_and_is_then_written_to(office: Office, scheme: str) -> None:
    office.run()
    assert not office.server.world.deliveries, "nobody is known on Zalo yet"
    assert agencies_mailed(office), "and so they are told by mail"
    agency = office.place.directory.agency(AGENCY)
    assert agency is not None
    contact = next(one for one in agency.contacts if one.role.value == "focal")
    given = give_code(office.place, AGENCY, contact, now=office.clock(), actor="test")
    hooks = office.server.hooks
    said = []
    office.server.hooks.settings.url = ""
    who = {"sender": {"id": "7001"}, "recipient": {"id": "1"}}
    for words in ("xin chào", "DD-2222-2222", f"mã của tôi {given.lower()}", given):
        office.clock.now += timedelta(seconds=1)
        message = {"msg_id": f"m{len(said)}", "text": words}
        said.append(office.hear(hooks.emit("user_send_text", {**who, "message": message})).did)
    assert said == ["said", "wrong-code", "linked", "wrong-code"]
    office.server.world.spoken["7001"] = office.clock()
    office.clock.on(date(2026, 6, 8))
    office.server.world.spoken["7001"] = office.clock()
    office.run()
    texts = [one for one in office.server.world.deliveries if one.to == "7001"]
    assert len(texts) == 1
    assert "Kính gửi" in texts[0].text
    assert len(texts[0].text) <= 2000
    with office.place.database.read() as connection:
        stored = connection.execute(select(zalo_people)).all()
    assert b"7001" not in b"".join(bytes(row.user_sealed) for row in stored)
    gone = hooks.emit("unfollow", {"follower": {"id": "7001"}})
    assert office.hear(gone).did == "unfollowed"
    office.clock.on(date(2026, 6, 15))
    office.run()
    assert len([one for one in office.server.world.deliveries if one.to == "7001"]) == 1
    back = hooks.emit("follow", {"follower": {"id": "7001"}})
    assert office.hear(back).did == "followed"


def test_guessing_codes_is_stopped(office: Office) -> None:
    agency = office.place.directory.agency(AGENCY)
    assert agency is not None
    given = give_code(office.place, AGENCY, agency.contacts[0], now=office.clock(), actor="test")
    outcomes = []
    for at, words in enumerate(["DD-3333-3333"] * (MOST_WRONG + 1) + [given]):
        office.clock.now += timedelta(seconds=1)
        content = {"sender": {"id": "8"}, "message": {"msg_id": f"g{at}", "text": words}}
        outcomes.append(office.hear(office.server.hooks.emit("user_send_text", content)).did)
    assert outcomes == ["wrong-code"] * MOST_WRONG + ["said", "said"]


def test_the_desk_takes_webhooks_and_nothing_else_there(office: Office) -> None:
    from starlette.testclient import TestClient

    from desk.web.app import build

    office.server.world.faults.script(a_phone(office), [Step(fault=Fault.RESET, accepted=True)])
    office.run()
    unsure = next(row for row in office.rows() if row.state == "unconfirmed")
    lost = next(one for one in office.server.world.deliveries if one.tracking_id == tracking_of(office, unsure.id))
    told = {
        "msg_id": lost.msg_id,
        "tracking_id": lost.tracking_id,
        "delivery_time": str(int(lost.at.timestamp() * 1000)),
    }
    call = office.server.hooks.emit("user_received_message", {"message": told})
    desk = TestClient(build(office.place, office.clock), base_url="http://127.0.0.1")
    assert desk.post("/api/zalo", content=call.body + b" ", headers=dict(call.headers)).status_code == 401
    assert desk.post("/api/zalo-bot", content=call.body, headers=dict(call.headers)).status_code == 401
    assert desk.get("/api/zalo").status_code in {401, 404, 405}
    assert states(office)["unconfirmed"] == 1
    assert desk.post("/api/zalo", content=call.body, headers=dict(call.headers)).status_code == 200
    assert states(office)["unconfirmed"] == 0
    assert desk.post("/api/zalo", content=call.body, headers=dict(call.headers)).status_code == 200
