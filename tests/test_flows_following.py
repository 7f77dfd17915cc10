"""What Zalo says of messages later: late refusals are told by mail, once, and doubts go to a person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from flows.steps.courier import Courier
from flows.steps.following import NO_WORD, follow
from notifiers.fake_zalo import Fault, Step
from notifiers.fake_zalo.faults import code
from store.schema import audit, messages, reminders, zalo_alerts, zalo_messages
from tests.test_flows_zalo import Office, a_phone, agencies_mailed, office, scheme, states, tracking_of

__all__ = ["office", "scheme"]

ASKED = "/message/status"
ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What does not depend on the database is tried on one."""


def asked(office: Office) -> int:
    return sum(1 for one in office.server.world.records if one.path == ASKED)


def of_phone(office: Office, phone: str) -> Any:
    """The Zalo message to a phone."""
    taken = next(one for one in office.server.world.deliveries if one.to == phone)
    return next(row for row in office.rows() if tracking_of(office, row.id) == taken.tracking_id)


def told_of(office: Office, message: Any) -> set[tuple[str, str]]:
    """How the reminders of a message stand: (channel, state)."""
    with office.place.database.read() as connection:
        rows = connection.execute(
            select(reminders.c.channel, reminders.c.state).where(
                reminders.c.agency == message.agency, reminders.c.audience == message.audience
            )
        )
        return {(row.channel, row.state) for row in rows}


def setting(office: Office, shipped: str, wanted: str) -> None:
    """Change a line of zalo.toml."""
    file = office.place.settings.folder / "zalo.toml"
    text = file.read_text("utf-8")
    assert shipped in text
    file.write_text(text.replace(shipped, wanted), "utf-8")
    office.place.__dict__.pop("zalo", None)


@pytest.mark.parametrize("number", [-118])
def test_a_refusal_that_is_learnt_late_is_told_by_mail_and_only_once(office: Office, number: int) -> None:
    phone = a_phone(office)
    office.server.world.settings.unreached[phone] = number
    office.run()
    message = of_phone(office, phone)
    assert message.state == "sent"
    assert not agencies_mailed(office)
    assert office.again(hours=1).followed == {}, "Zalo is given two hours to tell by itself"
    result = office.again(hours=2)
    assert result.followed["rerouted"] == 1
    late = of_phone(office, phone)
    assert (late.state, late.code) == ("refused", str(number))
    assert len(agencies_mailed(office)) == 1
    assert told_of(office, message) == {("zalo", "lapsed"), ("email", "told")}
    before = asked(office)
    for _ in range(3):
        office.again(hours=1)
    assert len(agencies_mailed(office)) == 1
    assert asked(office) == before, "nobody is asked about what is settled"
    assert not office.server.world.sent_twice()
    assert phone not in {one.to for one in office.server.world.deliveries if one.arrived}
    with office.place.database.read() as connection:
        kept = connection.execute(select(audit.c.action).where(audit.c.subject == f"message:{message.id}"))
        assert "message.undelivered" in set(kept.scalars())


@ONE
def test_delivery_is_noted_by_asking_where_no_webhook_comes(office: Office) -> None:
    office.run()
    told = office.again(hours=3).followed
    assert told == {"delivered": states(office)["sent"]}
    with office.place.database.read() as connection:
        when = connection.execute(select(zalo_messages.c.delivered_at)).scalars().all()
    assert all(moment is not None for moment in when)
    assert office.again(hours=7).followed == {}
    assert not agencies_mailed(office)


@ONE
@pytest.mark.parametrize("fault", [Fault.CUT, Fault.HTTP_503])
def test_a_lost_answer_that_named_the_message_is_settled_by_asking(office: Office, fault: Fault) -> None:
    phone = a_phone(office)
    office.server.world.faults.script(phone, [Step(fault=fault, accepted=True)])
    office.run()
    unsure = next(row for row in office.rows() if row.state == "unconfirmed")
    assert unsure.reference
    office.again(hours=3)
    assert of_phone(office, phone).state == "sent"
    assert ("zalo", "told") in told_of(office, unsure)
    assert not agencies_mailed(office)
    assert not office.server.world.sent_twice()


@ONE
def test_a_lost_answer_that_ends_in_a_refusal_is_told_by_mail(office: Office) -> None:
    phone = a_phone(office)
    office.server.world.settings.unreached[phone] = -118
    office.server.world.faults.script(phone, [Step(fault=Fault.HTTP_503, accepted=True)])
    office.run()
    assert states(office)["unconfirmed"] == 1
    assert office.again(hours=3).followed["rerouted"] == 1
    assert of_phone(office, phone).state == "refused"
    assert len(agencies_mailed(office)) == 1


@ONE
@pytest.mark.parametrize("said", [0, -1], ids=["pending", "unknown"])
def test_what_may_still_arrive_is_left_to_a_person_where_the_admin_wants_no_mail(office: Office, said: int) -> None:
    setting(office, "mail_after = 14400", "mail_after = 0")
    phone = a_phone(office)
    office.server.world.settings.unreached[phone] = said
    office.run()
    for _ in range(4):
        assert office.again(hours=24).followed["rerouted"] == 0
        assert not agencies_mailed(office)
    row = of_phone(office, phone)
    assert (row.state, row.reason) == ("unconfirmed", NO_WORD)
    assert of_phone(office, phone).id in {row.id for row in office.rows() if row.state == "unconfirmed"}
    before = asked(office)
    office.again(hours=24)
    assert asked(office) == before
    call = office.last_hook()
    assert office.hear(call).status == 200


@ONE
def test_a_number_that_means_failure_is_a_setting(office: Office) -> None:
    phone = a_phone(office)
    office.server.world.settings.unreached[phone] = -1
    setting(office, "status_failed = []", 'status_failed = ["-1"]')
    office.run()
    office.again(hours=3)
    assert of_phone(office, phone).state == "refused"
    assert len(agencies_mailed(office)) == 1


def test_word_of_delivery_that_comes_before_the_mail_left_takes_the_mail_back(office: Office) -> None:
    phone = a_phone(office)
    office.server.world.settings.unreached[phone] = -119
    office.clock.now = office.clock.now.replace(hour=15, minute=30)
    office.run()
    message = of_phone(office, phone)
    office.mail.messages.clear()
    taken = next(one for one in office.server.world.deliveries if one.to == phone)
    office.clock.now += timedelta(hours=2)
    courier = Courier(office.place, office.clock)
    assert follow(office.place, clock=office.clock, opened=courier.channel)["rerouted"] == 1
    courier.close()
    assert told_of(office, message) == {("zalo", "lapsed"), ("email", "planned")}
    stamp = str(int(taken.at.timestamp() * 1000))
    told = {"msg_id": taken.msg_id, "tracking_id": taken.tracking_id, "delivery_time": stamp}
    call = office.server.hooks.emit("user_received_message", {"message": told})
    assert office.hear(call).did == "delivered"
    assert of_phone(office, phone).state == "sent"
    assert told_of(office, message) == {("zalo", "told"), ("email", "withdrawn")}
    office.again(hours=15)
    office.again(hours=1)
    assert not [one for one in office.rows("email") if one.agency == message.agency and one.state == "sent"]


@ONE
def test_a_status_that_cannot_be_asked_stops_nothing(office: Office) -> None:
    office.run()
    office.server.world.faults.script(ASKED, [code(-32)] + [Step(fault=Fault.HANG, seconds=2)] * 2)
    assert office.again(hours=3).followed == {"unavailable": 1}
    assert office.again(minutes=1).followed == {"unavailable": 1}
    assert set(states(office)) == {"sent"}
    assert office.again(minutes=1).followed["unavailable"] == 1
    assert office.again(minutes=1).followed == {"delivered": states(office)["sent"]}


@ONE
def test_messages_of_long_ago_are_not_asked_about(office: Office) -> None:
    office.run()
    with office.place.database.write() as connection:
        connection.execute(messages.update().values(ended_at=office.clock() - timedelta(days=8)))
    assert office.again(hours=3).followed == {}
    assert asked(office) == 0


@ONE
def test_a_template_taken_out_of_use_is_an_alert_at_once(office: Office) -> None:
    hooks = office.server.hooks
    for template, status, did in (
        ("100001", {"prev_status": "ENABLE", "new_status": "DISABLE"}, "template-changed"),
        ("100001", {"prev_status": "DISABLE", "new_status": "ENABLE"}, "noted"),
        ("999", {"prev_status": "ENABLE", "new_status": "REJECT"}, "noted"),
    ):
        call = hooks.emit("change_template_status", {"template_id": template, "status": status})
        assert office.hear(call).did == did
    with office.place.database.read() as connection:
        alerts = connection.execute(select(zalo_alerts)).all()
    assert [(row.code, "DISABLE" in row.what) for row in alerts] == [("template-status", True)]
