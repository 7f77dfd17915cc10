"""The fake by hand: its page, its buttons, its consent, and that it keeps to this machine."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

import pytest

from notifiers.fake_zalo import FakeServer, FakeTemplate, World, serve, start
from notifiers.fake_zalo.page import example_world
from notifiers.zalo import FileTokenStore, open_zalo, put_pair
from tests.zalo_samples import FIELDS, PARAMS, PHONE, Clock, message, office, settings_for


def ask(
    server: FakeServer,
    method: str,
    path: str,
    *,
    form: Mapping[str, str] | None = None,
    body: object = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[int, str]:
    line = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
    content = urlencode(form) if form is not None else json.dumps(body) if body is not None else None
    kind = "application/x-www-form-urlencoded" if form is not None else "application/json"
    line.request(method, path, body=content, headers={"Content-Type": kind, **(headers or {})})
    answer = line.getresponse()
    found = answer.status, answer.read().decode()
    line.close()
    return found


def authorised(world: World) -> dict[str, str]:
    return {"access_token": world.accounts.grant()[0]}


def test_the_page_shows_what_phones_received_and_escapes_it(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        here.channel().send(message(fields=FIELDS | {"agency": "<script>alert(1)</script>"}))
        here.channel("zalocs").send(message("zalocs", text="Kính gửi: Sở Y tế"))
        status, page = ask(here.server, "GET", "/")
        assert status == 200
        assert PHONE in page
        assert "Kính gửi: Sở Y tế" in page
        assert "<script>" not in page
        assert "&lt;script&gt;" in page
        assert "không tin nào bị gửi hai lần" in page
        status, state = ask(here.server, "GET", "/fake/state.json")
        assert len(json.loads(state)["deliveries"]) == 2


def test_the_page_shows_no_token(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        here.channel().send(message())
        pair = here.store.load()
        assert pair is not None
        for path in ("/", "/fake/state.json"):
            text = ask(here.server, "GET", path)[1]
            assert pair.access not in text
            assert here.settings.app_secret not in text


def test_buttons_make_things_go_wrong(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        step = {"target": PHONE, "fault": "code", "code": "-118"}
        assert ask(here.server, "POST", "/fake/script", form=step)[0] == 303
        assert ask(here.server, "POST", "/fake/script", form={"fault": "nonsense"})[0] == 400
        assert ask(here.server, "POST", "/fake/script", form={"code": "x"})[0] == 400
        found = here.world.faults.take(PHONE, by_chance=False)
        assert found.code == -118
        ask(here.server, "POST", "/fake/say", form={"user_id": "uid-1", "text": "chào"})
        assert here.world.spoken["uid-1"] == here.clock()
        assert ask(here.server, "POST", "/fake/follow", form={"user_id": "uid-1"})[0] == 303
        assert ask(here.server, "POST", "/fake/nothing", form={})[0] == 404
        ask(here.server, "POST", "/fake/expire", form={})
        here.clock.advance(hours=1)
        here.channel().send(message())
        assert here.world.accounts.rotations == 1


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Host": "127.0.0.1.evil.example:1"}]
)
def test_other_sites_in_the_browser_press_no_button(tmp_path: Path, headers: dict[str, str]) -> None:
    with office(tmp_path) as here:
        assert ask(here.server, "POST", "/fake/expire", form={}, headers=headers)[0] == 403


def test_consent_by_hand_ends_in_a_pair(tmp_path: Path) -> None:
    with office(tmp_path) as here:
        query = urlencode({"app_id": here.settings.app_id, "redirect_uri": "http://127.0.0.1:1/back"})
        assert ask(here.server, "GET", f"/v4/oa/permission?{query}")[0] == 302
        away = urlencode({"app_id": here.settings.app_id, "redirect_uri": "https://evil.example/"})
        assert "-14003" in ask(here.server, "GET", f"/v4/oa/permission?{away}")[1]
        pair = json.loads(ask(here.server, "POST", "/fake/grant", form={})[1])
        put_pair(here.store, pair["access_token"], pair["refresh_token"], now=here.clock(), lock_seconds=5)
        here.channel().send(message())


def test_serve_listens_on_this_machine_only() -> None:
    for host in ("0.0.0.0", "::", "192.0.2.1", ""):
        with pytest.raises(ValueError, match=r"127\.0\.0\.1"):
            serve(host, 0)


def test_serve_by_hand_takes_what_the_shipped_config_sends(tmp_path: Path) -> None:
    world, ready, running = example_world(), threading.Event(), []
    clock = Clock()
    world.clock = clock

    def on_ready(server: FakeServer) -> None:
        running.append(server)
        ready.set()

    thread = threading.Thread(target=serve, kwargs={"port": 0, "world": world, "on_ready": on_ready}, daemon=True)
    thread.start()
    assert ready.wait(10)
    server = running[0]
    assert server.server_address[0] == "127.0.0.1"
    from config import zalo
    from notifiers.zalo.settings import settings_from

    shipped = settings_from(zalo.load(Path(zalo.__file__).with_name("zalo.toml"), environment={}).values())
    store = FileTokenStore(tmp_path / "tokens.json")
    put_pair(store, *world.accounts.grant(), now=clock(), lock_seconds=5)
    settings = settings_for(server, templates=shipped.templates)
    fields = {"agency": "Sở Y tế", "count": "2", "late": "0", "due": "30/11/2026"}
    with open_zalo(
        "zalooa://oa/nhac-viec", tokens=store, settings=settings, clock=clock, sleep=clock.sleep
    ) as channel:
        assert channel.send(message(fields=fields)).reference
    server.shutdown()
    thread.join(10)
    assert not thread.is_alive()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"phone": "0912345678"}, -108),
        ({"template_id": "9"}, -109),
        ({"tracking_id": ""}, -132),
        ({"tracking_id": "a" * 49}, -132),
        ({"tracking_id": "có dấu"}, -132),
        ({"sending_mode": "9"}, -161),
        ({"mode": "development"}, -127),
        ({"template_data": FIELDS | {"agency": "x" * 61}}, -1121),
        ({"template_data": {"agency": "x", "count": "1"}}, -1122),
        ({"template_data": FIELDS | {"agency": ""}}, -1122),
        ({"template_data": FIELDS | {"due": "2026-11-30"}}, -1124),
        ({"template_data": FIELDS | {"count": 3}}, -112),
        ({"template_data": FIELDS | {"more": "x"}}, -112),
        ({"template_data": None}, -112),
        ({}, 0),
    ],
)
def test_the_fake_is_as_strict_as_the_contract(change: dict[str, object], code: int) -> None:
    world = World(clock=Clock(), templates=(FakeTemplate(id="100001", params=PARAMS),))
    body: dict[str, object] = {
        "phone": PHONE,
        "template_id": "100001",
        "template_data": FIELDS,
        "tracking_id": "t1",
        "sending_mode": "1",
    }
    with start(world) as server:
        status, text = ask(server, "POST", "/message/template", body=body | change, headers=authorised(world))
        answer = json.loads(text)
    assert (status, answer["error"]) == (200, code)
    if code == 0:
        assert answer["data"]["quota"] == {"dailyQuota": "500", "remainingQuota": "499"}
        assert answer["data"]["sending_mode"] is None
        assert answer["data"]["sent_time"].isdecimal()


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/template/all?offset=0&limit=100", 0),
        ("GET", "/template/all?limit=101", -132),
        ("GET", "/template/all?status=ENABLE", -132),
        ("GET", "/template/all?status=2&limit=5", 0),
        ("GET", "/template/info/v2?template_id=100001", 0),
        ("GET", "/template/info/v2?template_id=5", -109),
        ("GET", "/message/status?message_id=none", 0),
        ("POST", "/message/other", -106),
        ("POST", "/v2.0/oa/message", -240),
        ("GET", "/v3.0/oa/user/getlist?data=%7B%22offset%22%3A0%2C%22count%22%3A50%7D", 0),
        ("GET", "/v3.0/oa/user/getlist?data=%7B%22offset%22%3A9952%7D", -210),
        ("GET", "/v3.0/oa/user/detail?data=%7B%22user_id%22%3A%22x%22%7D", -213),
    ],
)
def test_the_rest_of_the_service(method: str, path: str, code: int) -> None:
    world = World(clock=Clock(), templates=(FakeTemplate(id="100001", params=PARAMS),))
    with start(world) as server:
        asked = {} if method == "POST" else None
        text = ask(server, method, path, body=asked, headers=authorised(world))[1]
        assert json.loads(text)["error"] == code
        none = json.loads(ask(server, method, path, body=asked)[1])["error"]
        assert none == (-216 if path.startswith(("/v2", "/v3")) else -124)


def test_an_expired_token_is_named_by_each_host() -> None:
    clock = Clock()
    world = World(clock=clock)
    with start(world) as server:
        token = authorised(world)
        clock.advance(seconds=90001)
        assert json.loads(ask(server, "GET", "/message/quota", headers=token)[1])["error"] == -124
        answer = ask(server, "POST", "/v3.0/oa/message/cs", body={}, headers=token)[1]
        assert json.loads(answer)["error"] == -220


def test_a_bot_is_polled_one_update_at_a_time() -> None:
    world = World(clock=Clock())
    bot = f"/bot{world.settings.bot_token}"
    with start(world) as server:
        assert ask(server, "POST", f"{bot}/getUpdates", body={"timeout": 1})[0] == 408
        ask(server, "POST", "/fake/say", form={"user_id": "chat-1", "text": "chào"})
        update = json.loads(ask(server, "POST", f"{bot}/getUpdates", body={})[1])["result"]
        assert update["message"]["chat"]["id"] == "chat-1"
        hook = {"url": "http://127.0.0.1:1/hook", "secret_token": "short"}
        assert not json.loads(ask(server, "POST", f"{bot}/setWebhook", body=hook)[1])["ok"]
        hook["secret_token"] = "long-enough"
        assert json.loads(ask(server, "POST", f"{bot}/setWebhook", body=hook)[1])["ok"]
        assert "409" in ask(server, "POST", f"{bot}/getUpdates", body={})[1]
        assert "401" in ask(server, "POST", "/bot1:x/getMe", body={})[1]
