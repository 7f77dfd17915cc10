"""What leaves for Zalo: addresses, parameters, texts, quiet hours, and what never reaches a log."""

from __future__ import annotations

import hashlib
import hmac
import logging
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from notifiers.channel import Channel, ChannelError
from notifiers.errors import NotSent, Refused, Scope, Unavailable
from notifiers.fake_zalo import FakeTemplate
from notifiers.zalo import State, ZaloSettings, open_zalo, poll
from notifiers.zalo.http import redacted
from notifiers.zalo.phone import masked, normal_phone, without_numbers
from notifiers.zalo.plugins import tracking_id
from notifiers.zalo.settings import QuietHours
from notifiers.zalo.templates import Param, ParamType
from tests.zalo_samples import FIELDS, PHONE, TEMPLATE, TO, URLS, Clock, message, office


@pytest.mark.parametrize("kind", list(URLS))
def test_each_way_arrives_once_with_its_reference(tmp_path: Path, kind: str) -> None:
    with office(tmp_path) as here:
        channel = here.channel(kind)
        assert isinstance(channel, Channel)
        assert (channel.name, channel.resend_unconfirmed) == (kind, False)
        receipt = channel.send(message(kind))
        (arrived,) = here.world.deliveries
        assert (arrived.kind, arrived.to, arrived.msg_id) == (kind, TO[kind], receipt.reference)
        assert (dict(arrived.fields) or arrived.text) in (FIELDS, message(kind).text)
        assert channel.alerts == ()


def test_the_body_by_phone_is_that_of_the_contract(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        here.channel().send(message())
        sent = here.world.records[-1]
        assert sent.path == "/message/template"
        assert sent.body == {
            "phone": PHONE,
            "template_id": "100001",
            "template_data": FIELDS,
            "tracking_id": tracking_id(message().key),
            "sending_mode": "1",
        }
        assert "authorization" not in sent.headers
        assert "appsecret_proof" not in sent.headers


def test_bodies_of_the_other_ways(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        for kind in ("zalouid", "zalocs", "zalogmf", "zalobot"):
            here.channel(kind).send(message(kind))
        here.channel("zalocs", recipient_object=False).send(message("zalocs", 2))
        posts = [one for one in here.world.records if one.method == "POST"]
        text = message().text
        assert [one.body for one in posts] == [
            {"user_id": "uid-100", "template_id": "100001", "template_data": FIELDS},
            {"recipient": {"user_id": "uid-100"}, "message": {"text": text}},
            {"recipient": {"group_id": "group-7"}, "message": {"text": text}},
            {"chat_id": "chat-55", "text": text},
            {"user_id": "uid-100", "message": {"text": text}},
        ]


def test_proof_and_modes_are_switches(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        here.world.settings.require_proof = True
        here.world.settings.admins = {PHONE}
        with pytest.raises(Unavailable) as without:
            here.channel().send(message())
        assert without.value.code == "-1241"
        here.channel(appsecret_proof=True, mode="development", sending_mode="3").send(message())
        sent = here.world.records[-1]
        token = sent.headers["access_token"].encode()
        expected = hmac.new(here.settings.app_secret.encode(), token, hashlib.sha256).hexdigest()
        assert sent.headers["appsecret_proof"] == expected
        assert (sent.body["mode"], sent.body["sending_mode"]) == ("development", "3")


def test_a_tracking_id_is_stable_and_has_no_special_characters() -> None:
    one = tracking_id("t0:once|2026-11-30|on-day|Sở Y tế|zalooa")
    assert one == tracking_id("t0:once|2026-11-30|on-day|Sở Y tế|zalooa")
    assert one != tracking_id("t0:once|2026-12-01|on-day|Sở Y tế|zalooa")
    assert len(one) <= 48
    assert one.isascii()
    assert one.isalnum()


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("0912345678", PHONE),
        ("+84912345678", PHONE),
        ("0084912345678", PHONE),
        ("84912345678", PHONE),
        ("0912 345 678", PHONE),
        ("0912.345.678", PHONE),
        ("(+84) 912-345-678", PHONE),
        ("0912\u00a0345\u2011678", PHONE),
        ("0212345678", None),
        ("02438253536", None),
        ("091234567", None),
        ("09123456789", None),
        ("+1 912 345 678", None),
        ("٠٩١٢٣٤٥٦٧٨", None),
        ("0912345678\r\nx", None),
        ("", None),
        ("Sở Y tế", None),
    ],
)
def test_phones(text: str, phone: str | None) -> None:
    assert normal_phone(text) == phone


def test_masks() -> None:
    assert masked("0912345678") == "84•••••678"
    assert masked("4567890123456789") == "•••••789"
    assert masked("abc") == "•••••"
    assert without_numbers("gửi 84912345678 lỗi\n\x00x") == "gửi •••678 lỗi x"


@pytest.mark.parametrize("to", ["", "84912345678, 84912345679", "x" * 200, "a b", "{{7*7}}", "<b>"])
@pytest.mark.parametrize("kind", list(URLS))
def test_an_impossible_recipient_is_refused_before_anything_leaves(tmp_path: Path, kind: str, to: str) -> None:
    with office(tmp_path) as here:
        with pytest.raises(Refused) as failed:
            here.channel(kind).send(message(kind, to=to))
        assert failed.value.scope is Scope.RECIPIENT
        assert here.world.records == []
        assert not to or to not in failed.value.reason


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({k: v for k, v in FIELDS.items() if k != "due"}, "template-missing"),
        (FIELDS | {"due": ""}, "template-missing"),
        (FIELDS | {"due": "\u200b\u202e"}, "template-missing"),
        (FIELDS | {"extra": "x"}, "template-extra"),
        (FIELDS | {"count": "9" * 21}, "template-long"),
    ],
)
def test_parameters_are_checked_before_anything_leaves(tmp_path: Path, fields: dict[str, str], code: str) -> None:
    with office(tmp_path) as here:
        with pytest.raises(Refused) as failed:
            here.channel().send(message(fields=fields))
        assert (failed.value.code, failed.value.scope) == (code, Scope.MESSAGE)
        assert here.sends() == 0


def test_lengths_count_nfc_characters(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        decomposed = "Ủy ban nhân dân tỉnh" + " ế" * 20
        spread = unicodedata.normalize("NFD", decomposed)
        assert len(spread) > 60 >= len(decomposed)
        here.channel().send(message(fields=FIELDS | {"agency": spread}))
        assert here.world.deliveries[0].fields["agency"] == decomposed


def test_the_services_own_limits_win(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        looser = replace(
            TEMPLATE, params=(replace(TEMPLATE.params[0], max_length=200, shorten=False), *TEMPLATE.params[1:])
        )
        channel = here.channel(templates={TEMPLATE.name: looser})
        with pytest.raises(Refused) as failed:
            channel.send(message(fields=FIELDS | {"agency": "x" * 61}))
        assert failed.value.code == "template-long"
        assert [alert.code for alert in channel.alerts] == ["template-differs"]
        assert "60" in channel.alerts[0].what
        assert here.sends() == 0


def test_a_template_that_zalo_has_not_approved_holds_the_channel(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        known = here.world.templates["100001"]
        here.world.templates["100001"] = FakeTemplate(
            id=known.id, name=known.name, params=known.params, status="PENDING_REVIEW"
        )
        channel = here.channel()
        with pytest.raises(Unavailable) as failed:
            channel.send(message())
        assert (failed.value.scope, failed.value.code) == (Scope.CHANNEL, "template-status")
        assert here.sends() == 0
        assert "PENDING_REVIEW" in channel.alerts[0].what


def test_details_are_asked_once_for_many_messages(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        channel = here.channel()
        for number in range(5):
            channel.send(message(number=number))
        assert sum(1 for one in here.world.records if one.path == "/template/info/v2") == 1


def test_a_long_name_is_cut_at_a_word_where_the_admin_allows_it(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        name = "Ban Quản lý dự án đầu tư xây dựng các công trình dân dụng và công nghiệp tỉnh An Hòa"
        here.channel().send(message(fields=FIELDS | {"agency": name}))
        cut = here.world.deliveries[0].fields["agency"]
        assert len(cut) <= 60
        assert cut.endswith("…")
        assert name.startswith(cut[:-1])


HOSTILE = [
    "{{ 7*7 }}",
    "{% for x in y %}",
    "<script>alert(1)</script>",
    "dòng một\r\nBcc: x@y.example\r\n",
    "không\x00ký tự\x1b[31m",
    "\u202eexe.fdp\u202c",
    "a\u200bb\u200dc\ufeff",
    '"},"phone":"84900000000',
    "\ud83d\ude00"[:1],
    "x" * 10_000,
]


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_words_arrive_as_words(tmp_path: Path, value: str) -> None:
    with office(tmp_path) as here:
        here.channel().send(message(fields=FIELDS | {"agency": f"Sở {value}"}))
        here.channel("zalocs").send(message("zalocs", text=f"Sở {value}"[:2000]))
        by_template, by_text = here.world.deliveries
        for found in (by_template.fields["agency"], by_text.text):
            assert found.startswith("Sở")
            assert not any(mark in found for mark in "\x00\x1b\u202e\u202c\u200b\u200d\ufeff\r")
        assert by_template.to == PHONE
        assert "\n" not in by_template.fields["agency"]
        if value.startswith(("{", "<", '"')):
            assert value in by_template.fields["agency"]


def test_mentions_do_not_reach_a_group(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        here.channel("zalogmf").send(message("zalogmf", text="Mời [@123] và [@\u200b@all] xem [1]"))
        assert here.world.deliveries[0].text == "Mời [123] và [all] xem [1]"


@pytest.mark.parametrize("kind", ["zalocs", "zalogmf", "zalobot"])
@pytest.mark.parametrize(("text", "code"), [("a" * 2001, "text-long"), (" \u200b\n", "text-empty")])
def test_texts_have_an_end_and_a_beginning(tmp_path: Path, kind: str, text: str, code: str) -> None:
    with office(tmp_path) as here:
        with pytest.raises(Refused) as failed:
            here.channel(kind).send(message(kind, text=text))
        assert (failed.value.code, here.world.records) == (code, [])
        here.channel(kind).send(message(kind, text="a" * 2000))


@pytest.mark.parametrize(
    ("utc", "wait_minutes"),
    [
        (datetime(2026, 11, 30, 14, 59, tzinfo=UTC), None),
        (datetime(2026, 11, 30, 15, 0, tzinfo=UTC), 8 * 60 + 5),
        (datetime(2026, 11, 30, 22, 59, tzinfo=UTC), 6),
        (datetime(2026, 11, 30, 23, 0, tzinfo=UTC), None),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), 7 * 60 + 5),
    ],
)
@pytest.mark.parametrize("kind", list(URLS))
def test_nothing_leaves_at_night(tmp_path: Path, kind: str, utc: datetime, wait_minutes: int | None) -> None:
    with office(tmp_path) as here:
        channel = here.channel(kind)
        here.clock.now = utc
        pair = here.store.load()
        assert pair is not None
        access, refresh = here.world.accounts.grant()
        here.store.save(replace(pair, access=access, refresh=refresh, issued=utc, refresh_issued=utc))
        if wait_minutes is None:
            channel.send(message(kind))
            return
        with pytest.raises(Unavailable) as failed:
            channel.send(message(kind))
        assert (failed.value.code, failed.value.retry_after) == ("quiet-hours", wait_minutes * 60)
        assert here.world.records == []
        assert channel.alerts == ()


def test_quiet_hours_are_a_setting(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        here.clock.now = datetime(2026, 11, 30, 1, 30, tzinfo=UTC)
        noon = QuietHours(kinds=frozenset({"zalooa"}))
        here.channel("zalocs", quiet=noon).send(message("zalocs"))
        assert len(here.world.deliveries) == 1


def test_the_pace_is_kept_by_sleeping(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        channel = here.channel(rate_per_minute=60)
        for number in range(4):
            channel.send(message(number=number))
        asked_about_the_template = 1
        assert here.clock.slept == [1.0] * (asked_about_the_template + 3)


def test_status(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        channel = here.channel()
        msg_id = channel.send(message()).reference
        assert msg_id
        assert channel.status(msg_id).state is State.PENDING
        here.clock.advance(seconds=5)
        assert channel.status(msg_id).state is State.DELIVERED
        found, failures = poll(channel, {msg_id: PHONE, "never": ""})
        assert (found[msg_id].state, found["never"].state, failures) == (State.DELIVERED, State.UNKNOWN, ())
        asked = [one for one in here.world.records if one.path == "/message/status"]
        assert all("phone" not in one.path for one in asked)


def test_polling_stops_when_the_channel_does(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        channel = here.channel(business_base="http://127.0.0.1:9")
        found, failures = poll(channel, {"a": "", "b": "", "c": ""})
        assert (found, len(failures)) == ({}, 1)


def test_check_says_what_is_wrong_and_sends_nothing(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        for kind in URLS:
            assert here.channel(kind).check() == ()
        del here.world.templates["100001"]
        assert any("-109" in line for line in here.channel().check())
        assert any("401" in line for line in here.channel("zalobot", bot_token="1:wrong").check())
        here.path.unlink()
        assert any("no-token" in line for line in here.channel("zalocs").check())
        assert here.world.deliveries == []


@pytest.mark.parametrize(
    "url", ["zalooa://oa", "zalooa://oa/missing", "zalooa://other/nhac-viec", "zalox://oa", "zalocs://", "x"]
)
def test_a_wrong_address_is_told_at_once(tmp_path: Path, url: str) -> None:
    with office(tmp_path) as here, pytest.raises(ChannelError):
        open_zalo(url, tokens=here.store, settings=here.settings, clock=here.clock, sleep=here.clock.sleep)


@pytest.mark.parametrize(
    "base",
    [
        "http://openapi.zalo.me",
        "https://evil.example",
        "http://169.254.169.254",
        "https://u:p@openapi.zalo.me",
        "https://openapi.zalo.me?x=1",
        "ftp://127.0.0.1",
    ],
)
def test_tokens_go_to_zalo_or_to_this_machine_only(base: str) -> None:
    with pytest.raises(ValueError, match="base URL"):
        ZaloSettings(oa_base=base)
    ZaloSettings(oa_base="https://gateway.example", other_hosts=frozenset({"gateway.example"}))


def test_apprise_knows_the_schemes_and_its_own_way_in_raises_too(tmp_path: Path) -> None:
    import apprise

    with office(tmp_path) as here:
        here.channel("zalocs")
        assert apprise.Apprise.instantiate("zalocs://oa") is None, "without a session nothing can be sent"
        url = "zalocs://oa?to=uid-100"
        channel = here.stack.enter_context(
            open_zalo(url, tokens=here.store, settings=here.settings, clock=here.clock, sleep=here.clock.sleep)
        )
        assert channel._plugin.notify(title="Nhắc việc", body="Xin chào") is True
        assert here.world.deliveries[0].text.endswith("Xin chào")
        here.world.settings.followers = {"somebody-else"}
        with pytest.raises(Refused):
            channel._plugin.notify(body="Xin chào")


def test_logs_hold_no_token_no_number_and_no_text(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with office(tmp_path) as here:
        for kind in URLS:
            here.channel(kind).send(message(kind))
        here.clock.advance(hours=23)
        channel = here.channel(status_with_phone=True)
        channel.status("abc", PHONE)
        with pytest.raises(NotSent):
            here.channel("zalobot", bot_token="1:wrong-token").send(message("zalobot"))
        pair = here.store.load()
        assert pair is not None
        secrets = [pair.access, pair.refresh, here.settings.app_secret, here.settings.bot_token]
        secrets += ["wrong-token", "token-of-the-fake", PHONE, message().text, FIELDS["agency"]]
        text = caplog.text + "".join(str(record.__dict__) for record in caplog.records)
    assert "HTTP Request" in text, "httpx does log, and what it logs is stripped"
    assert not [secret for secret in secrets if secret in text]


def test_redaction() -> None:
    line = 'HTTP Request: POST https://h.example/bot1:AbC/sendMessage?phone=84912345678 "HTTP/1.1 200"'
    assert redacted(line) == 'HTTP Request: POST https://h.example/bot•••/sendMessage?… "HTTP/1.1 200"'


def test_settings_and_session_show_no_secret(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        shown = repr(here.settings) + repr(here.channel()._session) + repr(here.channel()._plugin)
        for secret in (here.settings.app_secret, here.settings.bot_token, here.settings.oa_secret):
            assert secret not in shown


def test_param_types_have_their_lengths() -> None:
    assert [kind.longest for kind in ParamType] == [
        30, 15, 200, 30, 30, 30, 50, 5, 200, 20, 20, 10, 200, 12, 90,
    ]  # fmt: skip
    assert Param(name="x", type=ParamType.TITLE).limit == 5


def test_the_clock_that_is_passed_in_is_the_only_one(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        assert isinstance(here.clock, Clock)
        here.clock.now = datetime(2031, 5, 5, 2, 0, tzinfo=UTC)
        with pytest.raises(Unavailable):
            here.channel().send(message())


@pytest.mark.parametrize("form", ["hash", "rsa"])
def test_the_number_may_go_unreadable(tmp_path: Path, form: str) -> None:
    with office(tmp_path) as here:
        here.world.settings.known_phones = {PHONE}
        key = tmp_path / "zalo.pem"
        key.write_bytes(
            here.world.rsa_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        )
        channel = here.channel(phone_form=form, rsa_key_file=str(key))
        assert channel.send(message()).reference == here.world.deliveries[0].msg_id
        assert here.world.deliveries[0].to == PHONE
        assert PHONE not in str(here.world.records)
        channel = here.channel(phone_form="rsa", rsa_key_file=str(tmp_path / "none.pem"))
        with pytest.raises(Unavailable) as failed:
            channel.send(message(number=2))
        assert (failed.value.code, failed.value.scope) == ("rsa-key", Scope.CHANNEL)
        assert len(here.world.deliveries) == 1


def test_a_minute_that_is_used_up_is_waited_out(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        here.world.settings.rate_per_minute = 3
        channel = here.channel(check_template=False)
        for number in range(7):
            channel.send(message(number=number))
        assert [round(seconds) for seconds in here.clock.slept] == [60, 60]
        assert len(here.world.deliveries) == 7, "and no request was refused for it"
