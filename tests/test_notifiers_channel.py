"""Which address is which channel, what is refused, what is shown, and that no private machine is reached."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from notifiers.apprise_guard import PrivateAddress, is_public, public_connections_only, refuse_private
from notifiers.apprise_url import AppriseChannel
from notifiers.channel import ALLOWED, Channel, ChannelError, check_url, mask, open_channel
from notifiers.errors import NotSent, Refused, Scope, Unavailable
from tests.mail_samples import SENDER, message


def opened(url: str, **given: object) -> Channel:
    return open_channel(url, sender=SENDER, var=Path("unused"), **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("", "eml"),
        ("eml:///tmp/x", "eml"),
        ("smtp://127.0.0.1:2525", "email"),
        ("smtps://u:p@mail.example", "email"),
        ("smtp+starttls://u:p%40@mail.example:587?rate=5&per_connection=50", "email"),
        ("tgram://123456789:abcdefghijklmnopqrstuvwxyz0123456789/12345", "tgram"),
        ("tgram://167772161:abcdefghijklmnopqrstuvwxyz0123456789/12345", "tgram"),  # no address: 10.0.0.1
    ],
)
def test_addresses_become_channels(url: str, name: str) -> None:
    with opened(url) as channel:
        assert channel.name == name
        assert isinstance(channel, Channel)


@pytest.mark.parametrize(
    "url",
    ["mail.example", "mailto://u:p@x.example", "syslog://", "dbus://", "windows://", "json://x.example/hook",
     "apprise://x.example", "xyz://a", "javascript:alert(1)", "file:///etc/passwd", "smtp://", "smtp://h:99999",
     "smtp://h?rate=fast", "smtp://h?verify=no", "smtp://h?dsn=maybe", "smtp://h?timeout=0", "smtp://h\r\nx",
     "smtp://h?dkim_selector=a", "tgram://", "tgram://123456789:abcdefghijklmnopqrstuvwxyz0123456789/1/2"],
)  # fmt: skip
def test_what_is_refused(url: str) -> None:
    with pytest.raises(ChannelError) as refused:
        opened(url)
    assert "p@" not in str(refused.value)


def test_no_list_admits_mail_of_apprise_or_local_programs() -> None:
    for scheme in ("mailtos", "syslog", "macosx", "apprises"):
        with pytest.raises(ChannelError):
            check_url(f"{scheme}://x.example", allow={scheme})
    assert check_url("jsons://x.example", allow={*ALLOWED, "jsons"}) == "jsons"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("", "eml://"),
        ("eml:///var/x", "eml:///var/x"),
        ("smtp://user:mật%20khẩu@mail.example:25?ca=/x", "smtp://user:***@mail.example:25"),
        ("smtps://mail.example", "smtps://mail.example"),
        ("smtp://u:p@[::1]:25", "smtp://u:***@[::1]:25"),
        ("tgram://123:token/chat", "tgram://***"),
        ("zalooa://account/template?secret=x", "zalooa://***"),
        ("smtp://u:p@h:port", "smtp://***"),
        ("secret-without-scheme", "***"),
    ],
)
def test_what_is_shown(url: str, shown: str) -> None:
    assert mask(url) == shown


# -- the local network -------------------------------------------------------------------------------------------

PRIVATE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "::1", "::", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1",
    "2002:7f00:1::", "255.255.255.255", "not an address",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST.", "a.localhost", "printer.local", "metadata.internal", "127.1", "0x7f.1",
     "2130706433", "0x7f000001", "0177.0.0.1", "::1", "169.254.169.254"],
)  # fmt: skip
def test_every_way_to_write_loopback(host: str) -> None:
    with pytest.raises(PrivateAddress):
        refuse_private(host)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "%6cocalhost", "[::1]", "169.254.169.254"]
)
def test_an_apprise_address_into_the_local_network_is_refused(host: str) -> None:
    with pytest.raises(ChannelError, match=r"mạng nội bộ|không hiểu"):
        opened(f"json://{host}/hook", allow={"json"})


class Hook(BaseHTTPRequestHandler):
    """Counts what reaches a machine of the local network."""

    hits = 0
    answer = 200

    def do_POST(self) -> None:
        type(self).hits += 1
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(self.answer)
        if self.answer == 302:
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_address[1]}/inside")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def hook() -> object:
    class Own(Hook):
        hits = 0

    server = HTTPServer(("127.0.0.1", 0), Own)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1], Own
    server.shutdown()
    server.server_close()


def test_with_leave_it_arrives_and_no_becomes_unavailable(hook: tuple[int, type[Hook]]) -> None:
    port, kind = hook
    with opened(f"json://127.0.0.1:{port}/x", allow={"json"}, allow_private=True) as channel:
        assert channel.send(message()).answer == "json: đã nhận"
        assert kind.hits == 1
        kind.answer = 500
        with pytest.raises(Unavailable) as failed:
            channel.send(message())
    assert failed.value.scope is Scope.CHANNEL


def test_a_redirect_is_not_followed(hook: tuple[int, type[Hook]]) -> None:
    port, kind = hook
    kind.answer = 302
    channel = opened(f"json://127.0.0.1:{port}/x", allow={"json"}, allow_private=True)
    with pytest.raises(NotSent):
        channel.send(message())
    assert kind.hits == 1


def test_the_second_lock_holds_where_the_name_was_public_before(hook: tuple[int, type[Hook]]) -> None:
    """As after DNS rebinding: the first lock let the address pass, the connection itself is refused."""
    port, kind = hook
    with public_connections_only(), pytest.raises(PrivateAddress), socket.socket() as probe:
        probe.connect(("127.0.0.1", port))
    from notifiers.apprise_url import AppriseChannel

    channel = AppriseChannel(f"json://127.0.0.1:{port}/x", allow_private=True)
    channel._allow_private = False
    channel._refuse_private_host = lambda: None  # type: ignore[method-assign]
    with pytest.raises(Refused) as refused:
        channel.send(message())
    assert refused.value.scope is Scope.CHANNEL
    assert kind.hits == 0
    with socket.create_connection(("127.0.0.1", port), timeout=5):
        pass  # outside the guard, loopback is as open as ever


def test_the_recipient_can_stand_in_the_address(hook: tuple[int, type[Hook]]) -> None:
    port, kind = hook
    with opened(f"json://127.0.0.1:{port}/{{to}}", allow={"json"}, allow_private=True) as channel:
        channel.send(message(to="van.thu+1@soyte.example"))
        with pytest.raises(Refused) as refused:
            channel.send(message(to="nhóm/../1?x=2"))
    assert refused.value.scope is Scope.RECIPIENT
    assert kind.hits == 1


def test_a_wrong_address_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(0), pytest.raises(ChannelError):
        opened("tgram://very-secret-token")
    assert "very-secret-token" not in caplog.text


class Dripping(BaseHTTPRequestHandler):
    """Answers a byte at a time for a minute, and never says how it went."""

    def do_POST(self) -> None:
        self.wfile.write(b"HTTP/1.1 ")
        with suppress(OSError):
            for _ in range(600):
                self.wfile.write(b"a")
                self.wfile.flush()
                time.sleep(0.1)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def test_a_service_that_drips_for_ever_holds_nobody() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Dripping)
    server.daemon_threads = True
    server.block_on_close = False
    Thread(target=server.serve_forever, daemon=True).start()
    sent = Thread(target=_send_by, args=(f"json://127.0.0.1:{server.server_address[1]}/x", found := []))
    sent.start()
    sent.join(30)
    server.shutdown()
    server.server_close()
    assert found == ["Unavailable"], "it ended long before the server did"


def _send_by(url: str, found: list[str]) -> None:
    try:
        AppriseChannel(url, allow_private=True, seconds=1.0).send(message())
    except NotSent as failed:
        found.append(type(failed).__name__)
