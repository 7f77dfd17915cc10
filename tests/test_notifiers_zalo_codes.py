"""Every code of the contract: its class, the typed error it ends in, and what becomes of the message.

The classes below are copied from the contract (docs/zalo.md), not from notifiers/zalo/codes.tsv.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from notifiers.errors import NotSent, Refused, Scope, Unavailable, Unconfirmed
from notifiers.fake_zalo.faults import code as answering
from notifiers.zalo.codes import Action, Trouble, codes, remedy, trouble
from tests.zalo_samples import MORNING, PHONE, Office, message, office

DAY = 24 * 3600
MINUTE = 60.0
TOMORROW = DAY - 3600 * 2 + 5 * 60.0  # 08:00 to 06:05 of the next day
NEXT_MONTH = 5 * 60.0 + DAY - 3600 * 2  # 30/11 08:00 to 01/12 06:05
HOUR = 3600.0


def numbers(words: str) -> tuple[int, ...]:
    return tuple(int(word) for word in words.split())


# class: (error, scope, seconds to wait, e-mail instead?, does the admin hear?, codes)
ZBS: dict[str, tuple[type[NotSent], Scope, float | None, bool, bool, tuple[int, ...]]] = {
    "retriable": (Unavailable, Scope.CHANNEL, MINUTE, False, False, (-32,)),
    "uncertain": (Unconfirmed, Scope.MESSAGE, None, False, True, (-100,)),
    "quota of the day": (
        Unavailable,
        Scope.CHANNEL,
        TOMORROW,
        False,
        True,
        (-144, -147, -115, -160, -126),
    ),
    "quota of the month": (Unavailable, Scope.CHANNEL, NEXT_MONTH, False, True, (-1441,)),
    "user's quota of the day": (Unavailable, Scope.RECIPIENT, TOMORROW, False, True, (-1472,)),
    "user's quota of the month": (Unavailable, Scope.RECIPIENT, NEXT_MONTH, False, True, (-1471,)),
    "money": (Unavailable, Scope.CHANNEL, HOUR, False, True, (-137, -136)),
    "night": (Unavailable, Scope.CHANNEL, TOMORROW, False, False, (-133,)),
    "permanent: recipient": (
        Refused,
        Scope.RECIPIENT,
        None,
        True,
        False,
        (-108, -110, -114, -118, -119, -139, -140, -141, -134),
    ),
    "permanent: payload": (
        Refused,
        Scope.MESSAGE,
        None,
        False,
        True,
        (
            -106,
            -107,
            -109,
            -111,
            -112,
            -1121,
            -1122,
            -1123,
            -1124,
            -113,
            -1131,
            -116,
            -121,
            -122,
            -123,
            -130,
            -132,
            -153,
            -158,
            -159,
            -161,
            -162,
        ),
    ),
    "config": (
        Unavailable,
        Scope.CHANNEL,
        HOUR,
        False,
        True,
        (
            -101,
            -102,
            -103,
            -104,
            -105,
            -117,
            -120,
            -1201,
            -1202,
            -1241,
            -125,
            -127,
            -128,
            -129,
            -142,
            -143,
            -131,
            -135,
            -1351,
            -138,
            -1381,
            -145,
            -146,
            -1091,
        ),
    ),
    "not ours": (Unconfirmed, Scope.MESSAGE, None, False, True, (-148, -149, -1491, -150, -151, -152)),
    "unknown": (Unconfirmed, Scope.MESSAGE, None, False, True, (-9999, 7, 100)),
}
OA: dict[str, tuple[type[NotSent], Scope, float | None, bool, bool, tuple[int, ...]]] = {
    "retriable": (Unavailable, Scope.CHANNEL, MINUTE, False, False, (-32,)),
    "uncertain": (Unconfirmed, Scope.MESSAGE, None, False, True, (-200,)),
    "quota": (Unavailable, Scope.CHANNEL, TOMORROW, False, True, (-211, -311)),
    "user's quota": (Unavailable, Scope.RECIPIENT, TOMORROW, False, True, (-218,)),
    "money": (Unavailable, Scope.CHANNEL, HOUR, False, True, (-320, -321)),
    "window": (Refused, Scope.RECIPIENT, None, True, False, (-230, -232, -305)),
    "night": (Unavailable, Scope.CHANNEL, TOMORROW, False, False, (-234,)),
    "permanent: recipient": (
        Refused,
        Scope.RECIPIENT,
        None,
        True,
        False,
        (-213, -217, -227, -244, -403),
    ),
    "payload": (Refused, Scope.MESSAGE, None, False, True, (-201, -210, -233, -248, -249, -240)),
    "config": (
        Unavailable,
        Scope.CHANNEL,
        HOUR,
        False,
        True,
        (-204, -205, -209, -212, -219, -221, -223, -224, -235, -237, -242, -214),
    ),
}
BOT: dict[str, tuple[type[NotSent], Scope, float | None, bool, bool, tuple[int, ...]]] = {
    "payload": (Refused, Scope.MESSAGE, None, False, True, (400,)),
    "config": (Unavailable, Scope.CHANNEL, HOUR, False, True, (401, 404)),
    "recipient": (Refused, Scope.RECIPIENT, None, True, False, (403,)),
    "idle": (Unconfirmed, Scope.MESSAGE, None, False, True, (408,)),
    "rate": (Unavailable, Scope.CHANNEL, MINUTE, False, False, (429,)),
    "unknown": (Unconfirmed, Scope.MESSAGE, None, False, True, (499,)),
}
TOKEN = (-124, -216, -220)
OAUTH = (-14002, -14003, -14004, -14005, -14014, -14018)


def cases() -> list[tuple[str, str, int]]:
    return [
        (kind, name, number)
        for kind, table in (
            ("zalooa", ZBS),
            ("zalouid", OA),
            ("zalocs", OA),
            ("zalogmf", OA),
            ("zalobot", BOT),
        )
        for name, row in table.items()
        for number in row[5]
    ]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office(tmp_path_factory.mktemp("codes")) as opened:
        yield opened


def expected(kind: str, name: str) -> tuple[type[NotSent], Scope, float | None, bool, bool, tuple[int, ...]]:
    return {"zalooa": ZBS, "zalobot": BOT}.get(kind, OA)[name]


@pytest.mark.parametrize(("kind", "name", "number"), cases())
def test_a_code_ends_in_its_error_and_is_not_sent_again(shared: Office, kind: str, name: str, number: int) -> None:
    error, scope, wait, by_mail, heard, _ = expected(kind, name)
    note = message(kind)
    shared.world.faults.script(note.to, [answering(number)])
    before, arrived = shared.sends(), len(shared.world.deliveries)
    channel = shared.channel(kind)
    with pytest.raises(NotSent) as failed:
        channel.send(note)
    found = failed.value
    assert (type(found), found.scope, found.code) == (error, scope, str(number))
    assert getattr(found, "retry_after", None) == wait
    assert remedy(str(number)).fallback is by_mail
    assert bool(channel.alerts) is heard
    assert all(alert.code == str(number) and alert.advice for alert in channel.alerts)
    assert shared.sends() == before + 1, "a refusal is never answered by another request"
    assert len(shared.world.deliveries) == arrived
    assert PHONE not in found.reason


@pytest.mark.parametrize(("kind", "number"), [("zalooa", -124), ("zalouid", -216), ("zalocs", -220)])
def test_a_rejected_token_is_renewed_once_and_the_message_sent_once(tmp_path: Path, kind: str, number: int) -> None:
    with office(tmp_path) as here:
        here.clock.advance(hours=1)
        note = message(kind)
        here.world.faults.script(note.to, [answering(number)])
        receipt = here.channel(kind).send(note)
        assert receipt.reference == here.world.deliveries[0].msg_id
        assert (here.world.accounts.rotations, len(here.world.deliveries), here.sends()) == (1, 1, 2)


@pytest.mark.parametrize(("kind", "number"), [("zalooa", -124), ("zalouid", -216), ("zalocs", -220)])
def test_a_token_rejected_twice_holds_the_channel(tmp_path: Path, kind: str, number: int) -> None:
    with office(tmp_path) as here:
        here.clock.advance(hours=1)
        note = message(kind)
        here.world.faults.script(note.to, [answering(number)] * 9)
        channel = here.channel(kind)
        for _ in range(3):
            with pytest.raises(Unavailable) as failed:
                channel.send(note)
            assert (failed.value.scope, failed.value.retry_after) == (Scope.CHANNEL, HOUR)
        assert channel.alerts
        assert here.world.accounts.rotations == 1, "one refresh, however many messages wait"
        assert here.world.deliveries == []


@pytest.mark.parametrize(
    ("number", "tried_again"),
    [(-14002, True), (-14003, True), (-14004, True), (-14018, True), (-14005, False), (-14014, False)],
)
def test_a_refused_refresh_rings_and_the_old_token_serves_while_it_lives(
    tmp_path: Path, number: int, tried_again: bool
) -> None:
    with office(tmp_path) as here:
        here.clock.advance(hours=22.5)
        here.world.faults.script("oauth", [answering(number)])
        channel = here.channel()
        channel.send(message())
        assert [alert.code for alert in channel.alerts] == [str(number)]
        here.clock.advance(hours=1)
        channel.send(message(number=2))
        assert here.world.accounts.rotations == int(tried_again)
        here.clock.advance(hours=26)
        if tried_again:
            channel.send(message(number=3))
        else:
            with pytest.raises(Unavailable) as failed:
                channel.send(message(number=3))
            assert (failed.value.scope, failed.value.code) == (Scope.CHANNEL, str(number))
            assert "cấp quyền lại" in channel.alerts[0].advice


def test_the_table_holds_every_code_of_the_contract_and_no_other() -> None:
    known = {str(n) for table in (ZBS, OA, BOT) for row in table.values() for n in row[5]}
    known |= {str(n) for n in (*TOKEN, *OAUTH)}
    known -= {"-9999", "7", "100", "499"}
    assert {one.code for one in codes().values() if one.family != "local"} == known


def test_every_code_is_told_in_vietnamese() -> None:
    for known in codes().values():
        assert known.meaning
        assert known.mark in {"✔", "1", "⚠", "†"}
        assert remedy(known.code).advice


def test_an_admin_may_move_a_code(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        here.world.faults.script(PHONE, [answering(-115), answering(-100)])
        channel = here.channel(codes={"-115": "money", "-100": "busy"})
        with pytest.raises(Unavailable) as money:
            channel.send(message())
        assert money.value.retry_after == HOUR
        with pytest.raises(Unavailable) as busy:
            channel.send(message())
        assert busy.value.retry_after == MINUTE


def test_unknown_words_of_zalo_are_shown_without_numbers(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        here.world.faults.script(PHONE, [answering(-9999, f"phone {PHONE}\r\nis odd\x00")])
        with pytest.raises(Unconfirmed) as failed:
            here.channel().send(message())
        assert PHONE not in failed.value.reason
        assert "\n" not in failed.value.reason
        assert "•••678" in failed.value.reason


def test_waits_end_in_the_morning_of_vietnam() -> None:
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    assert MORNING.astimezone(zone) == datetime(2026, 11, 30, 8, 0, tzinfo=zone)
    assert trouble("-144") is Trouble.QUOTA_DAY
    assert remedy("-144").action is Action.NEXT_DAY


def test_a_text_code_is_read_as_its_number(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        step = answering(-118)
        here.world.faults.script(PHONE, [replace(step, words="Zalo account not existed")])
        with pytest.raises(Refused) as failed:
            here.channel().send(message())
        assert failed.value.code == "-118"
