"""What the outbox does with every code of Zalo's table and every class of SMTP replies.

The codes' own classes are in test_notifiers_zalo_codes.py and test_notifiers_smtp_replies.py, copied from the
contract; here a message meets each of them and the rows that are left behind are looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from flows.steps.failing import LONGEST_ASKED
from notifiers.errors import NotSent, Scope, Unavailable
from notifiers.smtp_replies import Stage, judge
from notifiers.zalo import FileTokenStore
from notifiers.zalo.codes import Action, codes, remedy
from notifiers.zalo.session import Session
from store.schema import contacts, deliveries, marks, messages, reminders
from tests import store_samples as samples
from tests.test_flows_sending import Bench
from tests.zalo_samples import TEMPLATE

WAITS = {
    Action.REFRESH,
    Action.NEXT_MINUTE,
    Action.SOON,
    Action.NEXT_DAY,
    Action.NEXT_MONTH,
    Action.MORNING,
    Action.HOLD,
}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("codes")
    made = Bench(folder, f"sqlite:///{folder / 'test.db'}")
    made.decide()
    yield made
    made.place.database.close()


@pytest.fixture
def one(shared: Bench) -> Callable[[str, NotSent], Any]:
    """One message that meets one failure on a channel: the row that is left, all else as on the first morning."""
    with shared.place.database.write() as connection:
        connection.execute(delete(deliveries))
        connection.execute(delete(marks).where(marks.c.name.startswith("channel.")))
        connection.execute(update(contacts).values(failing_since=None, failure=None))
        first = connection.execute(
            select(messages).where(messages.c.day == shared.today).order_by(messages.c.id)
        ).first()
        assert first is not None
        mine = messages.c.id == first.id
        connection.execute(update(messages).where(~mine).values(state="withdrawn"))
        connection.execute(update(reminders).where(reminders.c.message_id == first.id).values(state="planned"))
        connection.execute(
            update(messages)
            .where(mine)
            .values(state="ready", frozen=None, attempts=0, code=None, not_before=shared.clock(), ended_at=None)
        )

    def meet(channel: str, failure: NotSent) -> Any:
        with shared.place.database.write() as connection:
            connection.execute(update(messages).where(mine).values(channel=channel))
        shared.office.failures.clear()
        shared.fails(lambda: failure)
        shared.deliver(limit=1)
        with shared.place.database.read() as connection:
            row = connection.execute(select(messages).where(mine)).one()
            down = connection.execute(select(marks).where(marks.c.name == f"channel.{channel}")).first()
        return row, down is not None

    return meet


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    from notifiers.zalo import ZaloSettings

    moment = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
    store = FileTokenStore(tmp_path_factory.mktemp("zalo") / "tokens.json")
    settings = ZaloSettings(templates={TEMPLATE.name: TEMPLATE}, jitter_seconds=0)
    made = Session(settings, store, lambda: moment, lambda _seconds: None)
    yield made
    made.close()


@pytest.mark.parametrize("code", [*codes(), "-9999"])
def test_what_the_outbox_does_with_a_code_of_zalo(one: Callable[..., Any], session: Session, code: str) -> None:
    failure = session.failure(code)
    cure = remedy(code)
    row, down = one("zalo", failure)
    assert down is (cure.scope is Scope.CHANNEL)
    match cure.action:
        case Action.PARK:
            assert row.state == "unconfirmed", "never sent again by itself"
        case Action.DEAD_LETTER:
            assert row.state == "refused"
        case Action.FALLBACK:
            assert row.state == "refused"
        case _:
            assert cure.action in WAITS
            assert isinstance(failure, Unavailable)
            assert failure.retry_after is not None
            assert row.state == "ready"
            waits = (row.not_before - samples.NOW).total_seconds()
            assert waits == pytest.approx(min(failure.retry_after, LONGEST_ASKED), abs=1.5)
    assert row.code == code


SMTP = [
    (stage, digit * 100 + tens * 10 + ones, f"{digit}.{subject}.{detail}")
    for stage in (Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.DOT)
    for digit, subject, detail, tens, ones in (
        *((4, subject, 1, 5, 0) for subject in range(8)),
        *((5, subject, 1, 5, 0) for subject in range(8)),
        (4, 0, 0, 2, 1), (4, 4, 2, 4, 1), (4, 3, 0, 5, 1), (4, 3, 1, 5, 2), (4, 3, 3, 5, 5), (4, 7, 0, 5, 4),
        (5, 5, 2, 0, 0), (5, 5, 4, 0, 1), (5, 5, 1, 0, 2), (5, 5, 1, 0, 3), (5, 5, 4, 0, 4), (5, 3, 2, 2, 1),
        (5, 7, 0, 3, 0), (5, 1, 1, 5, 1), (5, 2, 2, 5, 2), (5, 1, 3, 5, 3), (5, 0, 0, 5, 4), (5, 5, 4, 5, 5),
        (5, 1, 10, 5, 6),
    )
]  # fmt: skip
"""Every subject of RFC 3463 with either first digit, and every reply of RFC 5321, section 4.2.3, from 421 on."""


@pytest.mark.parametrize(("stage", "code", "status"), SMTP)
def test_what_the_outbox_does_with_an_smtp_reply(
    one: Callable[..., Any], stage: Stage, code: int, status: str
) -> None:
    failure = judge(stage, code, f"{status} lời của máy chủ")
    row, down = one("email", failure)
    assert down is (failure.scope is Scope.CHANNEL)
    if code < 500 or failure.scope is Scope.CHANNEL:
        assert row.state == "ready", "it waits and goes again"
    else:
        assert row.state == "refused"
        assert row.code == f"{code} {status}"
