"""Webhooks: genuine ones are read once; forged, altered, old and repeated ones do nothing."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifiers.fake_zalo.hooks import RETRIES, Call, HookSettings, post
from notifiers.zalo.bot import Bot
from notifiers.zalo.events import Delivered, Event, Followed, Other, QuotaChanged, Said, TemplateChanged, Unfollowed
from notifiers.zalo.plugins import tracking_id
from notifiers.zalo.session import open_session
from notifiers.zalo.settings import WebhookRules, ZaloSettings
from notifiers.zalo.webhook import (
    Rejected,
    Repeated,
    SeenInMemory,
    read,
    read_bot,
    receive,
    receive_bot,
    signature,
    verify,
)
from tests.zalo_samples import PHONE, Office, message, office

Outcome = Event | Rejected | Repeated


class Receiver:
    """A webhook page on loopback that answers as ours does."""

    def __init__(self, here: Office) -> None:
        self.here = here
        self.seen = SeenInMemory()
        self.outcomes: list[Outcome] = []
        self.retries: list[str | None] = []
        self.broken = False

    def take(self, body: bytes, headers: dict[str, str]) -> int:
        self.retries.append(headers.get("num_retry"))
        if self.broken:
            return 500
        if "X-Bot-Api-Secret-Token" in headers:
            outcome = receive_bot(body, headers, settings=self.here.settings, seen=self.seen)
        else:
            outcome = receive(body, headers, settings=self.here.settings, now=self.here.clock(), seen=self.seen)
        self.outcomes.append(outcome)
        return 401 if isinstance(outcome, Rejected) else 200


@contextmanager
def receiving(here: Office) -> Iterator[Receiver]:
    receiver = Receiver(here)

    class Page(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(receiver.take(body, dict(self.headers.items())))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None: ...

    server = http.server.HTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    here.server.hooks.settings.url = f"http://127.0.0.1:{server.server_port}/zalo?x=1"
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()


def test_a_delivery_is_marked_by_its_tracking_id(tmp_path: Path) -> None:
    with office(tmp_path) as here, receiving(here) as receiver:
        receipt = here.channel().send(message())
        assert here.server.hooks.pump() == 1
        (event,) = receiver.outcomes
        assert event == Delivered(
            msg_id=str(receipt.reference), tracking_id=tracking_id(message().key), at=here.clock()
        )
        assert here.server.hooks.answers == [200]


@pytest.mark.parametrize("first", ["app_id", "oa_id"])
@pytest.mark.parametrize("timestamp", ["body", "header"])
@pytest.mark.parametrize("secret", ["oa_secret", "app_secret"])
def test_every_variant_of_the_signature_is_a_setting(
    tmp_path: Path, first: str, timestamp: str, secret: str
) -> None:
    with office(tmp_path) as here, receiving(here) as receiver:
        rules = WebhookRules(first=first, timestamp=timestamp, secret=secret)
        here.settings = replace(here.settings, webhook=rules)
        known = here.server.hooks.settings
        known.first, known.timestamp, known.secret = first, timestamp, secret
        here.server.hooks.follow("uid-9")
        here.server.hooks.pump()
        assert receiver.outcomes == [Followed(user_id="uid-9", at=here.clock())]
        known.first = "oa_id" if first == "app_id" else "app_id"
        here.server.hooks.follow("uid-8")
        here.server.hooks.pump()
        assert receiver.outcomes[1] == Rejected(reason="chữ ký sai")


def test_forged_webhooks_are_rejected(tmp_path: Path) -> None:
    with office(tmp_path) as here, receiving(here) as receiver:
        here.server.hooks.settings.forged = True
        here.channel().send(message())
        here.server.hooks.pump()
        assert receiver.outcomes == [Rejected(reason="chữ ký sai")]
        assert here.server.hooks.answers == [401]


def test_duplicates_late_and_missing_ones(tmp_path: Path) -> None:
    with office(tmp_path) as here, receiving(here) as receiver:
        hooks = here.server.hooks
        hooks.settings.copies, hooks.settings.delay = 3, 900
        here.channel().send(message())
        assert hooks.pump() == 0
        here.clock.advance(seconds=900)
        assert hooks.pump() == 3
        assert [type(one) for one in receiver.outcomes] == [Delivered, Repeated, Repeated]
        hooks.settings.copies = 0
        here.channel().send(message(number=2))
        here.clock.advance(hours=2)
        assert hooks.pump() == 0


def test_a_receiver_that_was_down_is_called_on_zalos_schedule(tmp_path: Path) -> None:
    with office(tmp_path) as here, receiving(here) as receiver:
        here.channel().send(message())
        receiver.broken = True
        here.server.hooks.pump()
        for seconds in RETRIES[:-1]:
            here.clock.advance(seconds=seconds)
            here.server.hooks.pump()
        receiver.broken = False
        here.clock.advance(seconds=RETRIES[-1])
        here.server.hooks.pump()
        assert receiver.retries == [None, "1", "2", "3", "4", "5"]
        assert [type(one) for one in receiver.outcomes] == [Delivered], "1 h 51 min old and still welcome"
        assert not here.server.hooks.disabled


def test_zalo_gives_up_after_the_last_repeat(tmp_path: Path) -> None:
    with office(tmp_path) as here, receiving(here) as receiver:
        receiver.broken = True
        here.server.hooks.follow("uid-1")
        for seconds in (0, *RETRIES, 3600):
            here.clock.advance(seconds=seconds)
            here.server.hooks.pump()
        assert here.server.hooks.disabled
        assert len(receiver.retries) == 6


def caught(here: Office) -> Call:
    """A genuine webhook in an attacker's hands."""
    here.channel().send(message())
    here.server.hooks.settings.url = "http://127.0.0.1:9/"
    return here.server.hooks.emit(
        "user_received_message",
        {"message": {"msg_id": "m1", "tracking_id": "t1", "delivery_time": "1764200000321"}},
    )


def test_replays_are_dropped_and_old_ones_rejected(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        call, seen = caught(here), SeenInMemory()

        def now(**later: float) -> Outcome:
            at = here.clock() + timedelta(**later)
            return receive(call.body, call.headers, settings=here.settings, now=at, seen=seen)

        assert isinstance(now(), Delivered)
        assert isinstance(now(), Repeated)
        assert isinstance(now(minutes=170), Repeated)
        assert isinstance(now(minutes=181), Rejected), "a memory cleared after three hours is enough"
        assert isinstance(now(minutes=-181), Rejected)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body, headers: (body.replace(b"m1", b"m2"), headers),
        lambda body, headers: (body + b" ", headers),
        lambda body, headers: (b"", headers),
        lambda body, headers: (b"[]", headers),
        lambda body, headers: (b"[" * 100_000, headers),
        lambda body, headers: (b"\xff\xfe", headers),
        lambda body, headers: (body, {}),
        lambda body, headers: (body, {"X-ZEvent-Signature": ""}),
        lambda body, headers: (body, {"X-ZEvent-Signature": "mac="}),
        lambda body, headers: (body, {"X-ZEvent-Signature": "mac=ướt"}),
        lambda body, headers: (body, {"X-ZEvent-Signature": headers["X-ZEvent-Signature"][:-1]}),
    ],
)
def test_altered_webhooks_are_rejected(tmp_path: Path, spoil: object) -> None:
    with office(tmp_path) as here:
        call = caught(here)
        body, headers = spoil(call.body, dict(call.headers))  # type: ignore[operator]
        outcome = receive(body, headers, settings=here.settings, now=here.clock(), seen=SeenInMemory())
        assert isinstance(outcome, Rejected)


@given(st.binary(max_size=300), st.text(max_size=80))
def test_noise_is_rejected_and_never_raises(body: bytes, mac: str) -> None:
    settings = ZaloSettings(app_id="1", oa_secret="s" * 32)
    outcome = receive(
        body,
        {"x-zevent-signature": mac},
        settings=settings,
        now=datetime(2026, 11, 30, tzinfo=UTC),
        seen=SeenInMemory(),
    )
    assert isinstance(outcome, Rejected)


@given(st.recursive(st.none() | st.text() | st.integers(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)))
def test_any_signed_json_is_read_without_raising(content: object) -> None:
    for name in ("user_received_message", "follow", "user_send_text", "change_template_status", ""):
        body = json.dumps({"event_name": name, "message": content, "follower": content, "timestamp": "1"})
        read(body.encode())


def test_no_secret_means_no_webhook() -> None:
    settings = ZaloSettings(app_id="1")
    body = json.dumps({"timestamp": "1796000000000", "app_id": "1"}).encode()
    mac = signature(body, "1796000000000", settings)
    refusal = verify(
        body,
        {"X-ZEvent-Signature": f"mac={mac}"},
        settings=settings,
        now=datetime(2026, 11, 30, tzinfo=UTC),
    )
    assert refusal == Rejected(reason="chưa khai khóa bí mật của webhook")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"event_name": "follow", "follower": {"id": "u"}, "oa_id": "2"}, Followed),
        ({"event_name": "unfollow", "follower": {"id": "u"}}, Unfollowed),
        ({"event_name": "user_send_text", "sender": {"id": "u"}, "message": {"text": "x", "msg_id": "1"}}, Said),
        ({"event_name": "user_received_message", "message": {"msg_id": "1"}}, Other),
        ({"event_name": "user_received_message", "message": {"msg_id": "1", "delivery_time": "5"}}, Delivered),
        ({"event_name": "change_template_status", "template_id": 7, "status": "REJECT"}, TemplateChanged),
        ({"event_name": "change_oa_daily_quota"}, QuotaChanged),
        ({"event_name": "user_feedback", "message": {"rate": 5}}, Other),
        ({"event_name": "follow", "follower": "nobody"}, Followed),
        ({}, Other),
    ],
)
def test_events(content: dict[str, object], expected: type) -> None:
    assert type(read(json.dumps(content).encode())) is expected


def test_events_show_no_personal_data() -> None:
    said = read(
        json.dumps(
            {"event_name": "user_send_text", "sender": {"id": "uid-100"}, "message": {"text": "bí mật"}}
        ).encode()
    )
    assert "uid-100" not in repr(said)
    assert "bí mật" not in repr(said)


def test_a_bot_hook_proves_itself_by_its_secret(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        update = {"message": {"chat": {"id": "chat-55"}, "text": "chào", "message_id": "m", "date": 1764200000000}}
        body = json.dumps({"ok": True, "result": update}).encode()
        right = {"X-Bot-Api-Secret-Token": here.settings.bot_secret}
        seen = SeenInMemory()
        first = receive_bot(body, right, settings=here.settings, seen=seen)
        assert isinstance(first, Said)
        assert (first.user_id, first.text) == ("chat-55", "chào")
        assert isinstance(receive_bot(body, right, settings=here.settings, seen=seen), Repeated)
        for wrong in ({}, {"X-Bot-Api-Secret-Token": "x"}, {"X-Bot-Api-Secret-Token": "ướt"}):
            assert isinstance(receive_bot(body, wrong, settings=here.settings, seen=seen), Rejected)
        unset = replace(here.settings, bot_secret="")
        assert isinstance(receive_bot(body, {"X-Bot-Api-Secret-Token": ""}, settings=unset, seen=seen), Rejected)


def test_a_bot_calls_the_webhook_that_was_set_and_waits_to_be_asked_without(tmp_path: Path) -> None:
    with (
        office(tmp_path) as here,
        receiving(here) as page,
        open_session(
            tokens=here.store, settings=here.settings, clock=here.clock, sleep=here.clock.sleep
        ) as session,
    ):
        bot = Bot(session)
        bot.set_webhook(here.server.hooks.settings.url)
        here.server.hooks.say_to_bot("chat-55", "chào")
        (said,) = page.outcomes
        assert isinstance(said, Said)
        assert (said.user_id, said.text, here.server.hooks.answers) == ("chat-55", "chào", [200])
        bot.delete_webhook()
        here.server.hooks.say_to_bot("chat-56", "có ai không")
        update = bot.next_update(1)
        assert update is not None
        asked_for = read_bot(update)
        assert isinstance(asked_for, Said)
        assert (asked_for.user_id, len(page.outcomes), bot.next_update(1)) == ("chat-56", 1, None)


def test_the_fake_calls_this_machine_only() -> None:
    assert HookSettings().url == ""
    with pytest.raises(ValueError, match=r"127\.0\.0\.1"):
        post("http://example.com/hook", b"{}", {}, 1)


def test_the_hook_of_another_app_is_rejected(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        call = caught(here)
        mine = replace(here.settings, app_id="77")
        body = call.body
        mac = signature(body, json.loads(body)["timestamp"], mine)
        outcome = verify(body, {"X-ZEvent-Signature": f"mac={mac}"}, settings=mine, now=here.clock())
        assert outcome == Rejected(reason="sự kiện của ứng dụng khác")
        assert PHONE not in repr(outcome)
