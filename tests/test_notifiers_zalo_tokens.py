"""The token pair: one refresh across processes, committed before use, never spent twice."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import stat
import threading
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from notifiers.errors import Scope, Unavailable, Unconfirmed
from notifiers.fake_zalo import Fault, Step
from notifiers.zalo import FileTokenStore, TokenPair, ZaloSettings, open_zalo, put_pair
from notifiers.zalo.http import Wire
from notifiers.zalo.oauth import challenge, consent_url, exchange, new_verifier, renewed_by_hand
from tests.zalo_samples import MORNING, URLS, Clock, message, office

NEXT_MORNING = {"hours": 24}


def test_a_young_token_is_used_as_it_is(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        here.clock.advance(hours=14 - 1)
        here.channel().send(message())
        assert here.world.accounts.rotations == 0


def test_a_token_of_twenty_hours_is_renewed_before_it_dies(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        old = here.store.load()
        here.clock.advance(hours=23)
        here.channel().send(message())
        new = here.store.load()
        assert old is not None
        assert new is not None
        assert here.world.accounts.rotations == 1
        assert (new.refresh != old.refresh, new.access != old.access, new.begun) == (True, True, None)
        assert new.expires_in == 90000, "a string in the answer"
        assert here.sends() == 1, "the message itself was sent once"


def test_the_new_pair_is_on_disk_before_it_is_used(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        here.clock.advance(**NEXT_MORNING)
        here.channel().send(message())
        used = here.world.records[-1].headers["access_token"]
        assert json.loads(here.path.read_text())["access"] == used


def test_the_file_is_for_its_owner_only_and_repr_shows_nothing(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        pair = here.store.load()
        assert pair is not None
        assert stat.S_IMODE(here.path.stat().st_mode) == 0o600
        assert pair.access not in repr(pair)
        assert pair.refresh not in repr(pair)
        assert {path.name for path in tmp_path.iterdir()} == {"tokens.json", "tokens.json.lock"}


def test_a_refresh_whose_answer_is_lost_is_never_tried_again(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        here.clock.advance(hours=23)
        here.world.faults.script("oauth", [Step(fault=Fault.RESET, accepted=True)])
        channel = here.channel()
        with pytest.raises(Unavailable) as failed:
            channel.send(message())
        assert failed.value.scope is Scope.CHANNEL
        assert [alert.code for alert in channel.alerts][:1] == ["refresh-unknown"]
        assert "cấp quyền lại" in channel.alerts[0].advice
        here.clock.advance(hours=5)
        with pytest.raises(Unavailable):
            here.channel().send(message())
        assert max(here.world.accounts.spent.values()) == 1
        assert here.world.deliveries == []


@pytest.mark.parametrize(
    "fault", [Fault.HANG, Fault.CUT, Fault.TRUNCATED, Fault.HTTP_502, Fault.HTML, Fault.EMPTY, Fault.REDIRECT]
)
def test_the_old_token_serves_after_a_refresh_that_never_arrived(tmp_path: Path, fault: Fault) -> None:
    with office(tmp_path) as here:
        here.clock.advance(hours=23)
        here.world.faults.script("oauth", [Step(fault=fault, seconds=3)])
        channel = here.channel()
        channel.send(message())
        channel.send(message(number=2))
        assert [alert.code for alert in channel.alerts] == ["refresh-unknown"]
        asked = [one for one in here.world.records if one.path == "/v4/oa/access_token"]
        assert (len(asked), len(here.world.deliveries)) == (1, 2)


def test_an_admin_puts_a_new_pair_in_and_all_is_well(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        here.clock.advance(hours=23)
        here.world.faults.script("oauth", [Step(fault=Fault.RESET, accepted=True)])
        with pytest.raises(Unavailable):
            here.channel().send(message())
        access, refresh = here.world.accounts.grant()
        put_pair(here.store, access, refresh, now=here.clock(), lock_seconds=5)
        here.channel().send(message())
        assert len(here.world.deliveries) == 1


def test_an_admin_may_say_that_the_refresh_never_arrived(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        here.clock.advance(hours=23)
        here.world.faults.script("oauth", [Step(fault=Fault.HTTP_502)])
        here.channel().send(message())
        pair = here.store.load()
        assert pair is not None
        here.store.save(renewed_by_hand(pair))
        here.channel().send(message(number=2))
        assert here.world.accounts.rotations == 1


def test_a_server_that_cannot_be_reached_spends_nothing(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        here.clock.advance(hours=23)
        dead = here.channel(oauth_base="http://127.0.0.1:9")
        dead.send(message())
        pair = here.store.load()
        assert pair is not None
        assert pair.begun is None
        here.channel().send(message(number=2))
        assert here.world.accounts.rotations == 1


def test_a_reply_without_a_refresh_token_keeps_the_old_one_and_rings(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        here.world.settings.omit_refresh_token = True
        before = here.store.load()
        here.clock.advance(hours=23)
        channel = here.channel()
        channel.send(message())
        after = here.store.load()
        assert before is not None
        assert after is not None
        assert (after.refresh, after.refresh_issued) == (before.refresh, before.refresh_issued)
        assert after.access != before.access
        assert [alert.code for alert in channel.alerts] == ["refresh-token-missing"]


def test_no_pair_yet_holds_the_channel(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        here.path.unlink()
        channel = here.channel()
        with pytest.raises(Unavailable) as failed:
            channel.send(message())
        assert (failed.value.code, failed.value.scope) == ("no-token", Scope.CHANNEL)
        assert "cấp quyền" in channel.alerts[0].advice


def test_the_admin_is_warned_before_three_months_end(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        pair = here.store.load()
        assert pair is not None
        here.store.save(replace(pair, refresh_issued=MORNING - timedelta(days=85)))
        channel = here.channel()
        channel.send(message())
        assert [alert.code for alert in channel.alerts] == ["consent-needed"]


def test_a_second_use_of_a_refresh_token_is_what_the_lock_prevents(tmp_path: Path) -> None:
    """Proof that the fake would notice: presenting a spent token kills the winner's pair."""
    with office(tmp_path) as here, Wire(here.settings) as wire:
        pair = here.store.load()
        assert pair is not None
        form = {
            "app_id": here.settings.app_id,
            "grant_type": "refresh_token",
            "refresh_token": pair.refresh,
        }
        url = f"{here.settings.oauth_base}/v4/oa/access_token"
        header = {"secret_key": here.settings.app_secret}
        first = wire.post(url, headers=header, form=form)
        assert first.body["access_token"]
        assert first.body["expires_in"] == "90000"
        second = wire.post(url, headers=header, form=form)
        assert second.error == "-14014"
        assert here.world.accounts.check(str(first.body["access_token"]), "") == "invalid"


def _send_from_another_process(path: str, settings: ZaloSettings, clock: Clock, gate: object, out: object) -> None:
    gate.wait()  # type: ignore[attr-defined]
    store = FileTokenStore(Path(path))
    with open_zalo(URLS["zalooa"], tokens=store, settings=settings, clock=clock, sleep=time.sleep) as channel:
        receipt = channel.send(message(number=os.getpid()))
    out.put(receipt.reference)  # type: ignore[attr-defined]


@pytest.mark.parametrize("processes", [2, 4])
def test_processes_that_refresh_at_once_spend_one_token(tmp_path: Path, processes: int) -> None:
    with office(tmp_path) as here:
        here.clock.advance(hours=23)
        spawn = multiprocessing.get_context("spawn")
        gate, out = spawn.Barrier(processes), spawn.Queue()
        work = [
            spawn.Process(
                target=_send_from_another_process,
                args=(str(here.path), here.settings, here.clock, gate, out),
            )
            for _ in range(processes)
        ]
        for one in work:
            one.start()
        for one in work:
            one.join(60)
        assert [one.exitcode for one in work] == [0] * processes
        assert here.world.accounts.rotations == 1
        assert max(here.world.accounts.spent.values()) == 1
        assert len(here.world.deliveries) == processes
        assert here.world.sent_twice() == ()


def test_threads_with_a_rejected_token_share_one_refresh(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        here.clock.advance(hours=1)
        here.world.accounts.expire_access()
        channels = [here.channel() for _ in range(6)]
        threads = [
            threading.Thread(target=channel.send, args=(message(number=n),)) for n, channel in enumerate(channels)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert here.world.accounts.rotations == 1
        assert len(here.world.deliveries) == 6
        assert here.world.sent_twice() == ()


def _die_while_refreshing(path: str, settings: ZaloSettings, clock: Clock) -> None:
    store = FileTokenStore(Path(path))
    with open_zalo(URLS["zalooa"], tokens=store, settings=settings, clock=clock, sleep=time.sleep) as channel:
        channel.send(message())


def test_a_process_killed_while_it_refreshes_is_noticed_by_the_next(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        here.clock.advance(hours=23)
        here.world.faults.script("oauth", [Step(fault=Fault.HANG, seconds=30, accepted=True)])
        patient = replace(here.settings, read_seconds=60, total_seconds=90, refresh_lock_seconds=100)
        spawn = multiprocessing.get_context("spawn")
        child = spawn.Process(target=_die_while_refreshing, args=(str(here.path), patient, here.clock))
        child.start()
        deadline = time.monotonic() + 30
        while not here.world.accounts.spent and time.monotonic() < deadline:
            time.sleep(0.02)
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        child.join(30)
        channel = here.channel()
        with pytest.raises(Unavailable):
            channel.send(message())
        assert channel.alerts[0].code == "refresh-unknown"
        assert max(here.world.accounts.spent.values()) == 1


def test_a_held_lock_is_a_matter_of_waiting(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        here.clock.advance(hours=23)
        other = FileTokenStore(here.path)
        with other.lock(1):
            channel = here.channel(total_seconds=0.1, refresh_lock_seconds=0.2)
            with pytest.raises(Unavailable) as failed:
                channel.send(message())
        assert (failed.value.code, failed.value.retry_after) == ("lock", 60)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"access": 1}', "\x00"])
def test_a_broken_token_file_holds_the_channel(tmp_path: Path, content: str) -> None:
    with office(tmp_path) as here:
        here.path.write_text(content)
        channel = here.channel()
        with pytest.raises(Unavailable) as failed:
            channel.send(message())
        assert (failed.value.code, failed.value.scope) == ("token-store", Scope.CHANNEL)
        assert here.world.records == []


class FullDisk(FileTokenStore):
    """Takes so many saves, then has no room."""

    room = 0

    def save(self, pair: TokenPair) -> None:
        if self.room == 0:
            raise OSError(28, "No space left on device")
        self.room -= 1
        super().save(pair)


@pytest.mark.parametrize(("room", "spent"), [(0, 0), (1, 1)])
def test_a_full_disk_never_costs_a_second_refresh(tmp_path: Path, room: int, spent: int) -> None:
    with office(tmp_path) as here:
        here.clock.advance(hours=23)
        full = FullDisk(here.path)
        full.room = room
        with (
            open_zalo(
                URLS["zalooa"],
                tokens=full,
                settings=here.settings,
                clock=here.clock,
                sleep=here.clock.sleep,
            ) as channel,
            pytest.raises(Unavailable) as failed,
        ):
            channel.send(message())
        assert failed.value.code == "token-store"
        assert sum(here.world.accounts.spent.values()) == spent
        if spent:
            with pytest.raises(Unavailable):
                here.channel().send(message())
        else:
            here.channel().send(message())
        assert max(here.world.accounts.spent.values()) == 1


def test_a_lock_shorter_than_a_request_is_refused() -> None:
    with pytest.raises(ValueError, match="refresh_lock_seconds"):
        ZaloSettings(total_seconds=30, refresh_lock_seconds=10)


def test_consent_gives_a_pair_once(tmp_path: Path) -> None:
    with office(tmp_path) as here, Wire(here.settings) as wire:
        verifier = new_verifier()
        assert len(verifier) == 43
        url = consent_url(here.settings, "http://127.0.0.1:1/back", verifier=verifier, state="s 1")
        assert f"code_challenge={challenge(verifier)}" in url
        assert "state=s+1" in url
        code = here.world.accounts.consent(challenge(verifier))
        exchange(here.settings, wire, here.store, code, verifier=verifier, now=here.clock())
        here.channel().send(message())
        with pytest.raises(Unavailable) as again:
            exchange(here.settings, wire, here.store, code, verifier=verifier, now=here.clock())
        assert again.value.code == "-14005"


def test_a_code_needs_its_verifier_and_ten_minutes(tmp_path: Path) -> None:
    with office(tmp_path) as here, Wire(here.settings) as wire:
        wrong = here.world.accounts.consent(challenge(new_verifier()))
        late = here.world.accounts.consent()
        with pytest.raises(Unavailable):
            exchange(here.settings, wire, here.store, wrong, verifier=new_verifier(), now=here.clock())
        here.clock.advance(minutes=10)
        with pytest.raises(Unavailable):
            exchange(here.settings, wire, here.store, late, verifier="", now=here.clock())


def test_a_lost_answer_to_an_exchange_is_unconfirmed(tmp_path: Path) -> None:
    with office(tmp_path) as here, Wire(here.settings) as wire:
        here.world.faults.script("oauth", [Step(fault=Fault.RESET, accepted=True)])
        code = here.world.accounts.consent()
        with pytest.raises(Unconfirmed):
            exchange(here.settings, wire, here.store, code, verifier="", now=here.clock())
