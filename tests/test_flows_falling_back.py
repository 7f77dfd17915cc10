"""A Zalo message of which nobody knows whether it arrived: never sent again, told by mail once, in time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from flows.steps.falling_back import fall_back
from notifiers.fake_zalo import Fault, Step
from store import archiving, digests
from store.balance import balance
from store.messages import decide
from store.schema import audit, dues, messages, reminders
from tests.test_flows_following import ONE, setting, told_of
from tests.test_flows_zalo import DAY, Office, a_phone, agencies_mailed, office, scheme, tracking_of

__all__ = ["office", "scheme"]
FAULTS = pytest.mark.parametrize("fault", [Fault.RESET, Fault.HANG])


def lost(office: Office, fault: Fault = Fault.RESET) -> Any:
    """The morning's message whose answer was lost after Zalo had taken it."""
    office.server.world.faults.script(a_phone(office), [Step(fault=fault, seconds=2, accepted=True)])
    office.run()
    (row,) = [row for row in office.rows() if row.state == "unconfirmed"]
    return row


def now(office: Office, message: Any) -> Any:
    return next(row for row in office.rows() if row.id == message.id)


def arrival(office: Office, message: Any) -> Any:
    """Zalo's word, by webhook, that the message arrived."""
    tracking = tracking_of(office, message.id)
    taken = next(one for one in office.server.world.deliveries if one.tracking_id == tracking)
    stamp = str(int(taken.at.timestamp() * 1000))
    told = {"msg_id": taken.msg_id, "tracking_id": taken.tracking_id, "delivery_time": stamp}
    return office.hear(office.server.hooks.emit("user_received_message", {"message": told}))


def accounts(office: Office) -> bool:
    with office.place.database.read() as connection:
        return balance(connection, office.place.province).holds


@FAULTS
def test_after_four_hours_without_a_word_the_same_is_told_by_mail_once(office: Office, fault: Fault) -> None:
    message = lost(office, fault)
    with office.place.database.read() as connection:
        assert digests.undelivered(connection, office.place.province, message.created_at, 5)[1] == 1
    office.again(hours=3)
    assert not agencies_mailed(office)
    assert office.again(hours=1, minutes=5).followed["mailed"] == 1
    assert len(agencies_mailed(office)) == 1
    (mail,) = [row for row in office.rows("email") if row.agency == message.agency]
    lines = mail.frozen["text"]
    assert "Đã gửi qua Zalo ngày 01/06/2026 nhưng chưa rõ tin có đến hay không." in lines
    assert told_of(office, message) == {("zalo", "lapsed"), ("email", "told")}
    kept = now(office, message)
    assert kept.state == "unconfirmed"
    assert kept.reason == "Chưa rõ đã đến hay chưa; ngày 01/06/2026 nội dung được chuyển sang thư điện tử."
    for _ in range(3):
        assert not office.again(hours=1).followed["mailed"]
    assert len(agencies_mailed(office)) == 1
    assert not office.server.world.sent_twice()
    assert accounts(office)
    with office.place.database.read() as connection:
        actions = connection.execute(select(audit.c.action).where(audit.c.subject == f"message:{message.id}"))
        assert actions.scalars().all().count("message.fallback") == 1
        assert digests.undelivered(connection, office.place.province, message.created_at, 5)[1] == 0
    assert arrival(office, message).did == "delivered"
    assert now(office, message).state == "sent"
    assert told_of(office, message) == {("zalo", "told"), ("email", "told")}
    office.again(minutes=5)
    assert len(agencies_mailed(office)) == 1
    assert accounts(office)


@ONE
def test_word_that_comes_before_the_wait_is_over_spares_the_mail(office: Office) -> None:
    message = lost(office)
    office.again(hours=3)
    assert arrival(office, message).did == "delivered"
    assert not office.again(hours=3).followed["mailed"]
    assert not agencies_mailed(office)
    assert told_of(office, message) == {("zalo", "told")}


@ONE
@pytest.mark.parametrize("who", ["zalo", "person"])
def test_word_that_comes_before_the_mail_left_takes_it_back(office: Office, who: str) -> None:
    message = lost(office)
    office.clock.now += timedelta(hours=5)
    assert fall_back(office.place, clock=office.clock) == 1
    assert told_of(office, message) == {("zalo", "lapsed"), ("email", "planned")}
    if who == "zalo":
        assert arrival(office, message).did == "delivered"
    else:
        with office.place.database.write() as connection:
            given = {"reason": "đã gọi điện", "now": office.clock(), "actor": "a"}
            assert decide(connection, office.place.province, message.id, "delivered", **given)
    assert told_of(office, message) == {("zalo", "told"), ("email", "withdrawn")}
    office.again(minutes=5)
    assert not agencies_mailed(office)
    assert accounts(office)


@ONE
def test_the_mail_leaves_before_the_deadline_however_long_the_wait(office: Office) -> None:
    setting(office, "mail_after = 14400", "mail_after = 1000000")
    message = lost(office)
    with office.place.database.write() as connection:
        own = select(reminders.c.due_id).where(reminders.c.message_id == message.id)
        connection.execute(update(dues).where(dues.c.id.in_(own)).values(on_date=DAY, aim=DAY))
        connection.execute(update(reminders).where(reminders.c.message_id == message.id).values(on_date=DAY))
    office.clock.now = office.clock.now.replace(hour=15, minute=55)
    assert not office.again().followed["mailed"]
    assert office.again(minutes=6).followed["mailed"] == 1
    assert len(agencies_mailed(office)) == 1


@ONE
def test_where_the_admin_wants_no_mail_or_there_is_no_address_a_person_decides(office: Office) -> None:
    message = lost(office)
    file = office.place.settings.folder / "agencies" / "phu-chau.toml"
    text = file.read_text("utf-8")
    file.write_text("\n".join(line for line in text.splitlines() if not line.startswith("email")), "utf-8")
    office.place.__dict__.pop("directory", None)
    assert not office.again(hours=5).followed["mailed"]
    file.write_text(text, "utf-8")
    office.place.__dict__.pop("directory", None)
    setting(office, "mail_after = 14400", "mail_after = 0")
    assert not office.again(hours=1).followed["mailed"]
    assert (now(office, message).state, agencies_mailed(office)) == ("unconfirmed", [])
    setting(office, "mail_after = 0", "mail_after = 60")
    assert office.again(minutes=1).followed["mailed"] == 1


@ONE
def test_what_a_restored_copy_only_suspects_is_left_to_a_person(office: Office) -> None:
    office.run()
    with office.place.database.write() as connection:
        waiting = {"state": "ready", "frozen": None, "ended_at": None, "attempts": 0}
        connection.execute(update(messages).where(messages.c.channel == "zalo").values(waiting))
        connection.execute(update(reminders).values(state="planned"))
        given = {"now": office.clock(), "reason": "Khôi phục từ bản sao lưu."}
        assert archiving.doubt_queued(connection, office.place.province, **given)
    office.clock.now += timedelta(hours=5)
    assert fall_back(office.place, clock=office.clock) == 0
