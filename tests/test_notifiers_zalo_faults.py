"""Lost answers: whether Zalo took the message or not, nothing is ever sent twice."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from notifiers.errors import NotSent, Refused, Scope, Unavailable, Unconfirmed
from notifiers.fake_zalo import Fault, Step
from notifiers.fake_zalo.faults import LOST
from notifiers.message import Message
from notifiers.zalo import ZaloChannel
from tests.zalo_samples import TO, URLS, Office, message, office

UNKNOWN = [
    Fault.HANG,
    Fault.RESET,
    Fault.TRUNCATED,
    Fault.CUT,
    Fault.HTTP_500,
    Fault.HTTP_502,
    Fault.HTTP_503,
    Fault.HTML,
    Fault.REDIRECT,
    Fault.EMPTY,
    Fault.NO_CODE,
]


@pytest.mark.parametrize("accepted", [True, False])
@pytest.mark.parametrize("fault", UNKNOWN)
@pytest.mark.parametrize("kind", ["zalooa", "zalocs", "zalobot"])
def test_a_lost_answer_is_unconfirmed_and_asked_once(
    tmp_path: Path, kind: str, fault: Fault, accepted: bool
) -> None:
    with office(tmp_path) as here:
        here.world.faults.script(TO[kind], [Step(fault=fault, seconds=2, accepted=accepted)])
        channel = here.channel(kind)
        with pytest.raises(Unconfirmed) as failed:
            channel.send(message(kind))
        assert failed.value.code == "answer-lost"
        assert [alert.code for alert in channel.alerts] == ["answer-lost"]
        assert here.sends() == 1
        assert len(here.world.deliveries) == int(accepted)
        channel.send(message(kind, 2))
        assert len(here.world.deliveries) == int(accepted) + 1, "the channel works on after it"


@pytest.mark.parametrize("kind", list(URLS))
def test_what_never_left_is_unavailable(tmp_path: Path, kind: str) -> None:
    with office(tmp_path) as here:
        dead = "http://127.0.0.1:9"
        channel = here.channel(kind, business_base=dead, oa_base=dead, bot_base=dead)
        with pytest.raises(Unavailable) as failed:
            channel.send(message(kind))
        assert (failed.value.code, failed.value.scope) == ("connect", Scope.CHANNEL)


@pytest.mark.parametrize("fault", [Fault.DRIP, Fault.DRIP_HEAD])
def test_an_answer_that_drips_for_ever_ends(tmp_path: Path, fault: Fault) -> None:
    with office(tmp_path) as here:
        here.world.faults.script(TO["zalooa"], [Step(fault=fault, seconds=10, accepted=True)])
        with pytest.raises(Unconfirmed) as failed:
            here.channel(read_seconds=0.5, total_seconds=0.6).send(message())
        assert "quá lâu" in failed.value.reason
        assert here.sends() == 1


def test_a_redirect_is_not_followed(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        here.world.faults.script(TO["zalooa"], [Step(fault=Fault.REDIRECT)])
        with pytest.raises(Unconfirmed):
            here.channel().send(message())
        assert all(one.path != "/elsewhere" for one in here.world.records)


def test_quotas_balance_night_and_rate_of_the_service(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        here.world.settings.daily_quota = 1
        channel = here.channel()
        channel.send(message(number=1))
        with pytest.raises(Unavailable) as quota:
            channel.send(message(number=2))
        assert quota.value.code == "-144"
        here.world.settings.daily_quota, here.world.settings.balance = 500, 0
        with pytest.raises(Unavailable) as money:
            channel.send(message(number=3))
        assert money.value.code == "-137"
        here.world.settings.balance, here.world.settings.rate_per_minute = None, 0
        with pytest.raises(Unavailable) as rate:
            channel.send(message(number=4))
        assert (rate.value.code, rate.value.retry_after) == ("-32", 60)
        here.clock.advance(minutes=1)
        here.world.settings.rate_per_minute = 4000
        channel.send(message(number=5))
        assert len(here.world.deliveries) == 2


def test_the_night_of_the_service_where_ours_is_off(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        here.world.settings.night = True
        here.clock.advance(hours=15)
        ours = here.settings.quiet
        off = type(ours)(kinds=frozenset())
        for kind, code in (("zalooa", "-133"), ("zalouid", "-234")):
            with pytest.raises(Unavailable) as failed:
                here.channel(kind, quiet=off).send(message(kind))
            assert (failed.value.code, failed.value.retry_after) == (code, 7 * 3600 + 5 * 60)


def test_people_whom_zalo_does_not_reach(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        here.world.settings.known_phones = {"84900000001"}
        here.world.settings.followers = {"uid-1"}
        here.world.settings.groups = {"group-1"}
        for kind, code in (
            ("zalooa", "-118"),
            ("zalouid", "-213"),
            ("zalocs", "-213"),
            ("zalogmf", "-403"),
            ("zalobot", "403"),
        ):
            with pytest.raises(Refused) as failed:
                here.channel(kind).send(message(kind))
            assert (failed.value.code, failed.value.scope) == (code, Scope.RECIPIENT)


def test_the_consultation_window(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        here.server.hooks.say("uid-100", "xin chào")
        here.clock.advance(days=6)
        here.channel("zalocs").send(message("zalocs"))
        here.clock.advance(days=2)
        with pytest.raises(Refused) as failed:
            here.channel("zalocs").send(message("zalocs", 2))
        assert failed.value.code == "-230"


def _deliver(channel: ZaloChannel, waiting: list[Message], tally: Counter[str]) -> list[Message]:
    """An outbox in small: Unavailable is tried again, Unconfirmed is parked, Refused is done with."""
    again = []
    for note in waiting:
        try:
            channel.send(note)
            tally["sent"] += 1
        except Unconfirmed:
            tally["parked"] += 1
        except Unavailable as later:
            tally[f"later {later.code}"] += 1
            again.append(note)
        except NotSent:
            tally["refused"] += 1
    return again


def _run(here: Office, count: int) -> Counter[str]:
    tally: Counter[str] = Counter()
    waiting = [message(number=number) for number in range(count)]
    half = count // 2
    first, second = waiting[:half], waiting[half:]
    while first or second:
        with here.channel() as channel:
            first = _deliver(channel, first, tally)
            if not first and second:
                here.clock.advance(hours=23)
                here.world.accounts.expire_access()
                second = _deliver(channel, second, tally)
        here.clock.advance(minutes=1)
    return tally


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_five_percent_faults_with_rotation_in_the_middle_send_nothing_twice(tmp_path: Path, seed: int) -> None:
    with office(tmp_path, seed=seed) as here:
        here.world.settings.daily_quota = 10_000
        here.world.faults.rate = 0.05
        here.world.faults.kinds = LOST
        here.world.faults.codes = (-32, -124, -118)
        count = 400
        tally = _run(here, count)
        assert tally["sent"] + tally["parked"] + tally["refused"] == count
        assert tally["parked"] > 0
        assert here.world.sent_twice() == ()
        arrived = {one.tracking_id for one in here.world.deliveries}
        assert len(arrived) == len(here.world.deliveries)
        assert tally["sent"] <= len(arrived) <= tally["sent"] + tally["parked"]
        assert here.world.accounts.rotations >= 1
        assert max(here.world.accounts.spent.values()) == 1
