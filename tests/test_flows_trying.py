"""Trying a channel by hand, as `dondoc check --send-test` and the desk do: one message by each kind of channel, and
for each way to fail what the admin should do."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from flows.steps.channels import Tokens
from flows.steps.trying import try_channel
from flows.steps.workplace import Workplace, open_workplace
from notifiers.advice import advice
from notifiers.errors import NotSent, Refused, Scope, Unavailable, Unconfirmed
from notifiers.fake_zalo import FakeServer, Fault, Step, start
from notifiers.fake_zalo.faults import code as answering
from notifiers.fake_zalo.page import example_world
from notifiers.smtp_replies import Stage, judge
from notifiers.zalo import put_pair
from notifiers.zalo.codes import codes
from tests.conftest import Cli
from tests.smtp_faults import DROP, FaultyServer
from tests.test_flows_zalo import configured
from tests.test_notifiers_email import authority as authority

NOW = datetime(2026, 6, 1, 1, tzinfo=UTC)
NIGHT = datetime(2026, 6, 1, 16, tzinfo=UTC)
"""23:00 in Vietnam."""
TO = {
    "zalooa": "0912 345 678",
    "zalouid": "7001",
    "zalocs": "7001",
    "zalogmf": "group:9",
    "zalobot": "chat:55",
}


@dataclass
class Trial:
    folder: Path
    environment: dict[str, str]
    server: FakeServer

    def place(self, channels: str, **more: str) -> Workplace:
        (self.folder / "channels.toml").write_text(channels + '\n[email]\nurl = ""\n', encoding="utf-8")
        opened = open_workplace(self.environment | more)
        opened.ready()
        grant = self.server.world.accounts.grant()
        put_pair(Tokens(opened, lambda: NOW), *grant, now=NOW, lock_seconds=5)
        return opened

    def zalo(self, kind: str, **more: str) -> Workplace:
        url = f"{kind}://oa/nhac-viec" if kind in {"zalooa", "zalouid"} else f"{kind}://oa"
        return self.place(f'[zalo]\nurl = "{url}"\n', **more)


@pytest.fixture
def trial(tmp_path: Path, environment: dict[str, str]) -> Iterator[Trial]:
    world = example_world()
    world.clock = world.accounts._clock = lambda: NOW
    with start(world) as server:
        folder = configured(tmp_path / "config", server, "zalooa")
        known = world.settings
        secrets = {"APP_SECRET": known.app_secret, "OA_SECRET": known.oa_secret, "BOT_TOKEN": known.bot_token}
        given = environment | {f"DONDOC_ZALO_{name}": value for name, value in secrets.items()}
        yield Trial(folder=folder, environment=given | {"DONDOC_CONFIG": str(folder)}, server=server)


@pytest.mark.parametrize("kind", TO)
def test_one_message_arrives_by_each_way_of_zalo(trial: Trial, kind: str) -> None:
    tried = try_channel(trial.zalo(kind), "zalo", TO[kind], now=NOW)
    (arrived,) = trial.server.world.deliveries
    assert (tried.sent, arrived.kind) == (True, kind)
    assert arrived.to == {"zalooa": "84912345678", "zalogmf": "9", "zalobot": "55"}.get(kind, "7001")
    if kind in {"zalooa", "zalouid"}:
        assert set(arrived.fields) == {"agency", "count", "late", "due"}
    else:
        assert "Tin thử của hệ thống nhắc việc Đôn Đốc, không cần thực hiện" in arrived.text


@pytest.mark.parametrize(
    ("kind", "step", "said", "to_do"),
    [
        ("zalooa", answering(-118), "(-118)", "người nhận cần có Zalo"),
        ("zalooa", answering(-144), "(-144)", "Kiểm tra hạn mức tại trang quản trị OA"),
        ("zalooa", answering(-137), "(-137)", "Nạp tiền"),
        ("zalooa", answering(-131), "(-131)", "Kiểm tra ứng dụng, OA và mẫu tin"),
        ("zalooa", answering(-1124), "(-1124)", "Sửa mẫu tin"),
        ("zalooa", answering(-32), "(-32)", "Chờ một phút"),
        ("zalooa", Step(fault=Fault.RESET), "(answer-lost)", "hệ thống không tự gửi lại"),
        ("zalouid", answering(-249), "(-249)", "Sửa mẫu tin"),
        ("zalouid", answering(-213), "(-213)", "người nhận cần có Zalo"),
        ("zalocs", answering(-230), "(-230)", "Mời người nhận nhắn cho OA một tin"),
        ("zalogmf", answering(-237), "(-237)", "lập nhóm mới"),
        ("zalobot", answering(401), "(401)", "Kiểm tra DONDOC_ZALO_BOT_TOKEN"),
        ("zalobot", answering(403), "(403)", "Mời người nhận nhắn cho bot"),
    ],
)
def test_what_to_do_when_zalo_says_no(trial: Trial, kind: str, step: Step, said: str, to_do: str) -> None:
    place = trial.zalo(kind)
    target = TO[kind].removeprefix("group:").removeprefix("chat:")
    trial.server.world.faults.script("84912345678" if kind == "zalooa" else target, [step])
    tried = try_channel(place, "zalo", TO[kind], now=NOW)
    assert not tried.sent
    assert said in tried.said
    assert to_do in tried.said
    assert len(trial.server.world.deliveries) == 0


@pytest.mark.parametrize("kind", TO)
def test_before_anything_leaves(trial: Trial, kind: str) -> None:
    place = trial.zalo(kind)
    assert "Gửi thử lại sau 06 giờ sáng" in try_channel(place, "zalo", TO[kind], now=NIGHT).said
    wrong = try_channel(place, "zalo", "không phải địa chỉ", now=NOW)
    assert "Kiểm tra số điện thoại hoặc mã người nhận" in wrong.said
    assert trial.server.world.deliveries == []


def test_an_account_that_has_no_token_yet(trial: Trial) -> None:
    (trial.folder / "channels.toml").write_text('[zalo]\nurl = "zalocs://oa"\n[email]\nurl = ""\n', "utf-8")
    place = open_workplace(trial.environment)
    place.ready()
    assert "Chạy dondoc zalo consent" in try_channel(place, "zalo", "7001", now=NOW).said
    no_bot = trial.zalo("zalobot", DONDOC_ZALO_BOT_TOKEN="")
    assert "token của bot sai (401)" in try_channel(no_bot, "zalo", "chat:1", now=NOW).said


def smtp(trial: Trial, server: FaultyServer, address: str = "vanthu@soyte.example", options: str = "") -> str:
    place = trial.place("", DONDOC_SMTP_URL=f"smtp://127.0.0.1:{server.port}{options}")
    return try_channel(place, "email", address, now=NOW).said


@pytest.mark.parametrize(
    ("script", "said", "to_do"),
    [
        ({"rcpt": "550 5.1.1 No such user"}, "550 5.1.1", "rồi sửa danh bạ"),
        ({"rcpt": "450 4.2.0 Greylisted"}, "450 4.2.0", "Chờ ít phút"),
        ({"rcpt": "554 5.7.1 Relay access denied"}, "554 5.7.1", "Liên hệ đơn vị quản trị máy chủ thư"),
        ({"mail": "530 5.7.0 Authentication required"}, "530 5.7.0", "Kiểm tra tên và mật khẩu"),
        ({"connect": "554 5.7.1 Blocked"}, "554 5.7.1", "Liên hệ đơn vị quản trị máy chủ thư"),
        ({"connect": DROP}, "Mất kết nối", "Kiểm tra tên máy, cổng"),
        ({"dot": "554 5.7.1 Looks like spam"}, "554 5.7.1", "Gửi câu trả lời trên"),
        ({"dot": DROP}, "Không rõ máy chủ thư đã nhận", "Xem hộp thư nhận"),
    ],
)
def test_what_to_do_when_a_mail_server_says_no(trial: Trial, script: dict[str, str], said: str, to_do: str) -> None:
    with FaultyServer(scripts=[script]) as server:
        words = smtp(trial, server)
    assert said in words
    assert to_do in words


def test_a_mail_goes_and_a_wrong_address_does_not(trial: Trial) -> None:
    with FaultyServer() as server:
        assert "250" in smtp(trial, server)
        assert "Kiểm tra lại địa chỉ nhận" in smtp(trial, server, "không phải địa chỉ")
        assert len(server.accepted) == 1


class Gotify(BaseHTTPRequestHandler):
    """A server of the office's own, over TLS."""

    status = 200
    taken: list[dict[str, str]] = []  # noqa: RUF012 - each test has a class of its own

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.status == 200:
            self.taken.append(body)
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def gotify(authority: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, type[Gotify]]]:
    class Own(Gotify):
        taken: list[dict[str, str]] = []  # noqa: RUF012

    server = HTTPServer(("127.0.0.1", 0), Own)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority / "cert.pem", authority / "key.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority / "cert.pem"))
    yield f"gotifys://127.0.0.1:{server.server_address[1]}/token-of-the-room", Own
    server.shutdown()
    server.server_close()


def chat(trial: Trial, url: str, more: str = "allow_private = true") -> str:
    return try_channel(trial.place(f'[chat]\nurl = "{url}"\n{more}\n'), "chat", "phong-chung", now=NOW).said


def test_a_service_of_apprise_in_the_local_network(trial: Trial, gotify: tuple[str, type[Gotify]]) -> None:
    url, service = gotify
    assert chat(trial, url) == "gotifys: đã nhận"
    assert service.taken[0]["title"] == "Thư thử của hệ thống nhắc việc Đôn Đốc"
    assert "allow_private = true trong channels.toml" in chat(trial, url, more="")
    assert "kiểm tra chứng thư" in chat(trial, url + "?verify=no")
    assert len(service.taken) == 1


@pytest.mark.parametrize(
    ("status", "said", "to_do"),
    [
        (401, "(HTTP 401)", "tạo mã mới ở dịch vụ"),
        (404, "(HTTP 404)", "chép lại địa chỉ từ dịch vụ"),
        (429, "(HTTP 429)", "chờ ít phút"),
        (500, "(HTTP 500)", "Kiểm tra tên máy"),
    ],
)
def test_what_to_do_when_a_service_says_no(
    trial: Trial, gotify: tuple[str, type[Gotify]], status: int, said: str, to_do: str
) -> None:
    url, service = gotify
    service.status = status
    words = chat(trial, url)
    assert said in words
    assert to_do in words
    assert "token-of-the-room" not in words


def test_a_service_whose_certificate_nobody_knows(
    trial: Trial, gotify: tuple[str, type[Gotify]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, service = gotify
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    assert "chứng thư" in chat(trial, url)
    assert service.taken == []


def test_as_it_is_typed(trial: Trial, tmp_path: Path) -> None:
    trial.zalo("zalogmf")
    dondoc = Cli(trial.environment, tmp_path)
    # Whatever the hour at which this test runs.
    file = trial.folder / "zalo.toml"
    file.write_text(file.read_text("utf-8").replace("end = 06:00:00", "end = 22:00:00"), "utf-8")
    done = dondoc("check", "--send-test", "group:9", "--channel", "zalo")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "được  gửi thử qua zalo: đã gửi đến group:9" in done.stdout
    trial.server.world.faults.script("9", [answering(-403)])
    done = dondoc("check", "--send-test", "9", "--channel", "zalo", "--json")
    assert done.returncode == 1
    last = json.loads(done.stdout)["parts"][-1]
    assert (last["part"], last["ok"]) == ("gửi thử qua zalo", False)
    assert "(-403). Kiểm tra mã nhóm" in last["said"]


def test_every_failure_has_advice() -> None:
    failures: list[tuple[NotSent, str]] = [
        (error("x", code=code, scope=scope), scheme)
        for error in (Refused, Unavailable, Unconfirmed)
        for code in (None, "dondoc:tls", "dondoc:address", "999", *codes())
        for scope in Scope
        for scheme in ("smtp", "zalooa", "zalobot", "tgram", "eml")
    ]
    failures += [(judge(stage, code, ""), "smtps") for stage in Stage for code in (421, 450, 530, 535, 550, 554)]
    for failure, scheme in failures:
        said = advice(failure, scheme)
        assert said.endswith(".")
        assert not said.endswith("..")
        assert said[0].isupper()
