"""`dondoc zalo …` against the fake: what Zalo says of the account and the bot, as an operator asks for it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from sqlalchemy import delete

from config.zalo import ZaloFile
from desk.commands import zalo, zalo_account, zalo_bot
from desk.commands.checking import check_all
from flows.steps.channels import Tokens
from flows.steps.clock import here
from flows.steps.workplace import open_workplace
from flows.steps.zalo_webhook import give_code
from notifiers.fake_zalo import FakeServer, FakeTemplate, start
from notifiers.fake_zalo.faults import code as answering
from notifiers.fake_zalo.page import example_world
from notifiers.zalo import put_pair
from store.schema import zalo_pairs
from tests.test_flows_zalo import AGENCY, configured

Said = Callable[..., str]


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> Iterator[FakeServer]:
    world = example_world()
    with start(world) as running:
        known = world.settings
        given = environment | {
            "DONDOC_CONFIG": str(configured(tmp_path / "config", running, "zalooa")),
            "DONDOC_ZALO_APP_SECRET": known.app_secret,
            "DONDOC_ZALO_BOT_TOKEN": known.bot_token,
            "DONDOC_ZALO_BOT_SECRET": "secret-of-the-bot-hook",
        }
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        place = open_workplace()
        place.ready()
        now = here(place.settings.schedule.zone)
        put_pair(Tokens(place, now), *world.accounts.grant(), now=now(), lock_seconds=5)
        yield running


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Callable[[int], tuple[int, str, str]]:
    def of(code: int) -> tuple[int, str, str]:
        out, err = capsys.readouterr()
        return code, out, err

    return of


def test_templates_are_listed_page_by_page(server: FakeServer, told: Any) -> None:
    for number in range(250):
        made = FakeTemplate(id=str(500_000 + number), name=f"Mẫu {number}", status="PENDING_REVIEW")
        server.world.templates[made.id] = made
    code, out, _ = told(zalo_account.list_templates(None, json=True))
    rows = json.loads(out)
    assert (code, len(rows)) == (0, 251)
    assert rows[0] | {"quality": ""} == {
        "id": "100001",
        "name": "Nhắc nhiệm vụ",
        "status": "ENABLE",
        "quality": "",
        "declared": "nhac-viec",
    }
    asked = [one for one in server.world.records if one.path == "/template/all"]
    assert len(asked) == 3
    code, out, _ = told(zalo_account.list_templates("enable", json=False))
    assert (code, "được dùng" in out, "Mẫu 7" in out) == (0, True, False)
    code, _, err = told(zalo_account.list_templates("tốt", json=False))
    assert (code, "cho phép: enable" in err) == (2, True)


def test_a_template_that_is_declared_and_gone_is_said(server: FakeServer, told: Any) -> None:
    server.world.templates.clear()
    code, out, _ = told(zalo_account.list_templates(None, json=False))
    assert (code, "khai mẫu tin nhac-viec (mã 100001) nhưng OA không có" in out) == (0, True)


def test_a_template_tells_what_to_declare(server: FakeServer, told: Any) -> None:
    params = (
        {"name": "ten", "require": True, "type": "1", "minLength": 2, "maxLength": 25, "acceptNull": False},
        {"name": "han", "require": False, "type": "DATE", "minLength": 0, "maxLength": 20, "acceptNull": True},
    )
    server.world.templates["7"] = FakeTemplate(id="7", name="Báo hạn", params=params, sample={"ten": "Sở A"})
    code, out, _ = told(zalo_account.show_template("7", toml=False, json=False))
    assert (code, "Báo hạn (được dùng)" in out, "Sở A" in out, "2 đến 25" in out) == (0, True, True, True)
    code, out, _ = told(zalo_account.show_template("7", toml=True, json=False))
    (declared,) = ZaloFile(**tomllib.loads(out)).template
    assert [(one.name, one.type, one.max_length, one.required) for one in declared.param] == [
        ("ten", "name", 25, True),
        ("han", "date", 0, False),
    ]
    code, out, _ = told(zalo_account.show_template("nhac-viec", toml=False, json=True))
    assert (code, json.loads(out)["declared"], json.loads(out)["differences"]) == (0, "nhac-viec", [])
    code, _, err = told(zalo_account.show_template("8", toml=False, json=False))
    assert (code, "(-109)" in err, err.count("\n")) == (1, True, 1)
    assert told(zalo_account.show_template("không-có", toml=False, json=False))[0] == 2


def test_a_template_whose_names_are_hostile_is_still_toml(server: FakeServer, told: Any) -> None:
    params = (
        {"name": 'a"\n[x]', "require": True, "type": "?", "minLength": 0, "maxLength": 9, "acceptNull": False},
    )
    server.world.templates["7"] = FakeTemplate(id="7", params=params)
    _, out, _ = told(zalo_account.show_template("7", toml=True, json=False))
    assert tomllib.loads(out)["template"][0]["param"][0]["name"] == 'a"\n[x]'


def test_how_the_account_stands(server: FakeServer, told: Any) -> None:
    server.world.settings.quality = "LOW"
    code, out, _ = told(zalo.status(ask=True, json=False))
    assert code == 0
    assert "hạn mức một ngày 500; còn lại hôm nay 500" in out
    assert "48 giờ qua thấp" in out
    assert "soát lại danh bạ" in out
    code, out, _ = told(zalo.status(ask=True, json=True))
    assert json.loads(out)["standing"]["quota"] == {"dailyQuota": 500, "remainingQuota": 500}


def test_an_account_without_templates_still_tells_the_rest(server: FakeServer, told: Any) -> None:
    server.world.faults.script("/quality", [answering(-117)])
    code, out, _ = told(zalo.status(ask=True, json=False))
    assert (code, "Không hỏi được hạn mức và chất lượng" in out, "zalo: hoạt động tốt" in out) == (0, True, True)


def test_followers_with_who_is_linked(server: FakeServer, told: Any) -> None:
    server.world.settings.followers = {f"u{number:03d}" for number in range(60)}
    server.world.settings.names = {"u001": "Nguyễn Văn Bình"}
    code, out, _ = told(zalo_account.list_followers(55, json=True))
    rows = json.loads(out)
    assert (code, len(rows), rows[1]) == (0, 55, {"user_id": "u001", "name": "Nguyễn Văn Bình", "contact": ""})
    code, out, _ = told(zalo_account.list_followers(2, json=False))
    assert (code, "dữ liệu cá nhân" in out, "u002" in out) == (0, True, False)


def test_the_key_for_encrypted_numbers(server: FakeServer, told: Any, tmp_path: Path) -> None:
    server.world.settings.has_rsa_key = False
    target = str(tmp_path / "oa.pem")
    code, _, err = told(zalo_account.save_rsa_key(target, new=False))
    assert (code, "(-142)" in err) == (1, True)
    assert told(zalo_account.save_rsa_key(target, new=True))[0] == 0
    load_pem_public_key(Path(target).read_bytes())
    code, _, err = told(zalo_account.save_rsa_key(str(tmp_path / "không" / "có.pem"), new=False))
    assert (code, "không ghi được" in err) == (1, True)


def test_a_question_that_zalo_refuses_is_one_line_with_what_to_do(server: FakeServer, told: Any) -> None:
    server.world.faults.script("/template/all", [answering(-135)])
    code, _, err = told(zalo_account.list_templates(None, json=False))
    assert (code, err.count("\n"), "(-135)" in err, "Kiểm tra ứng dụng" in err) == (1, 1, True, True)


def test_the_bots_webhook(server: FakeServer, told: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    code, out, _ = told(zalo_bot.status(json=False))
    assert (code, "bot.gia" in out, "Chưa có webhook" in out) == (0, True, True)
    assert "desk.base_url" in told(zalo_bot.set_webhook(None))[2]
    assert "https://" in told(zalo_bot.set_webhook("http://desk.example/api/zalo-bot"))[2]
    monkeypatch.setenv("DONDOC_BASE_URL", "http://127.0.0.1:1")
    assert told(zalo_bot.set_webhook(None))[0] == 0
    assert server.world.bot_webhook == {
        "url": "http://127.0.0.1:1/api/zalo-bot",
        "secret": "secret-of-the-bot-hook",
    }
    _, out, _ = told(zalo_bot.status(json=True))
    assert json.loads(out)["webhook"] == "http://127.0.0.1:1/api/zalo-bot"
    assert "đang có webhook" in told(zalo_bot.listen(1))[2]
    assert told(zalo_bot.delete_webhook())[0] == 0
    assert server.world.bot_webhook == {}
    monkeypatch.setenv("DONDOC_ZALO_BOT_SECRET", "short")
    assert "từ 8 đến 256" in told(zalo_bot.set_webhook(None))[2]


def test_a_bot_that_is_listened_to_links_a_contact(server: FakeServer, told: Any) -> None:
    place = open_workplace()
    agency = place.directory.agency(AGENCY)
    assert agency is not None
    now = here(place.settings.schedule.zone)()
    given = give_code(place, AGENCY, agency.contacts[0], now=now, actor="test")
    server.hooks.say_to_bot("chat-1", "chào anh")
    server.hooks.say_to_bot("chat-2", f"mã của tôi là {given}")
    server.hooks.say_to_bot("chat-3", "DD-2222-2222")
    code, out, _ = told(zalo_bot.listen(1))
    assert code == 0
    assert 'chat-1: đã nhắn cho bot (zalo_uid = "chat:chat-1")' in out
    assert "chat-2: đã liên kết với đầu mối" in out
    assert "chat-3: mã liên kết sai" in out
    place.forget_people()
    assert place.zalo_people == {("bot", f"{AGENCY}|{agency.contacts[0].role}|{agency.contacts[0].name}"): "chat-2"}
    assert told(zalo.status(ask=False, json=False))[0] == 0, "that nobody wrote is no alert"


def test_check_tells_whether_the_account_can_send(server: FakeServer, told: Any) -> None:
    code, out, _ = told(check_all(send_test=None, channel=None, json=False))
    assert code == 0
    assert "được  tài khoản Zalo: có cặp token, hết hạn lúc" in out
    place = open_workplace()
    with place.database.write() as connection:
        connection.execute(delete(zalo_pairs))
    place.database.close()
    code, out, _ = told(check_all(send_test=None, channel=None, json=False))
    assert code == 1
    assert "LỖI   tài khoản Zalo: Chưa có cặp token; hãy chạy dondoc zalo consent" in out


def test_an_agency_is_known_by_the_code_of_the_provinces_file_too(server: FakeServer, told: Any) -> None:
    code, out, _ = told(zalo.give_code(AGENCY.partition(".")[2], role="focal", name=None))
    assert (code, out.startswith("Mã của ")) == (0, True)
    code, _, err = told(zalo.give_code("so-khong-co", role="focal", name=None))
    assert code == 1
    assert "dondoc agencies list" in err
