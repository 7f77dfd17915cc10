"""E-mail against servers on loopback: aiosmtpd where all goes well, a scripted one where it does not."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import apprise
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from notifiers.channel import Channel, open_channel
from notifiers.email_message import build, digest, mailbox, message_id
from notifiers.email_notify import register
from notifiers.errors import NotSent, Refused, Scope, Unavailable, Unconfirmed
from notifiers.message import Attachment
from tests.mail_samples import CREATED, SENDER, message
from tests.smtp_faults import DROP, HANG, SLAM, FaultyServer


class Box:
    """Keeps what aiosmtpd hands over."""

    def __init__(self) -> None:
        self.mails: list[Envelope] = []
        self.peers: set[object] = set()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.mails.append(envelope)
        self.peers.add(session.peer)
        return "250 2.0.0 Ok: queued as 12345ABCD"


class _Controller(Controller):
    """Listens on a free port."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        super()._trigger_server()


def login(server: SMTP, session: Session, envelope: Envelope, mechanism: str, auth: object) -> AuthResult:
    assert isinstance(auth, LoginPassword)
    return AuthResult(success=auth == LoginPassword("gửi".encode(), b"m\xc3\xa2t/kh@u:1"), handled=False)


def channel(port: int, scheme: str = "smtp", login: str = "", options: str = "") -> Channel:
    return open_channel(f"{scheme}://{login}127.0.0.1:{port}{options}", sender=SENDER, var=Path("unused"))


def parsed(data: bytes) -> EmailMessage:
    mail = message_from_bytes(data, policy=policy.default.clone(raise_on_defect=True))
    assert isinstance(mail, EmailMessage)
    return mail


@pytest.fixture
def box() -> Iterator[tuple[Box, int]]:
    handler = Box()
    server = _Controller(handler, hostname="127.0.0.1", port=0, enable_SMTPUTF8=True)
    server.start()
    yield handler, server.port
    server.stop()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a certificate for 127.0.0.1 that signs itself: `cert.pem` and `key.pem`."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    names = x509.SubjectAlternativeName(
        [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")]
    )
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return folder


@pytest.fixture
def guarded(authority: Path) -> Iterator[tuple[Box, int, Path]]:
    """A server that takes mail only after STARTTLS and AUTH."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority / "cert.pem", authority / "key.pem")
    handler = Box()
    server = _Controller(
        handler,
        hostname="127.0.0.1",
        port=0,
        tls_context=context,
        require_starttls=True,
        authenticator=login,
        auth_required=True,
    )
    server.start()
    yield handler, server.port, authority / "cert.pem"
    server.stop()


# -- all goes well -----------------------------------------------------------------------------------------------


def test_arrives_as_written(box: tuple[Box, int]) -> None:
    handler, port = box
    sheet = Attachment(name="nhiệm vụ.xlsx", mime="application/zip", content=bytes(range(256)))
    with channel(port) as mail:
        receipt = mail.send(
            message(to_name="Văn thư, Sở Y tế", attachments=(sheet,), references=("<a@b.example>",))
        )
    assert receipt.reference == "12345ABCD"
    assert receipt.answer.startswith("250 ")
    envelope = handler.mails[0]
    assert envelope.mail_from == SENDER.address
    assert envelope.rcpt_tos == ["vanthu@soyte.minhson.example"]
    got = parsed(envelope.content)  # type: ignore[arg-type]
    assert got["subject"] == "[Đôn đốc] Còn 29 ngày"
    assert got["from"].addresses[0].display_name == SENDER.name
    assert got["to"].addresses[0].display_name == "Văn thư, Sở Y tế"
    assert got["date"].datetime == CREATED
    assert got["message-id"] == message_id("k1", "vp.minhson.example")
    assert got["references"] == got["in-reply-to"] == "<a@b.example>"
    assert got["auto-submitted"] == "auto-generated"
    assert got["list-id"] == "<nhac-viec.vp.minhson.example>"
    assert (
        got.get_body(("plain",)).get_content().replace("\r\n", "\n") == "Kính gửi: Sở Y tế\n.\nDòng sau dấu chấm\n"
    )  # type: ignore[union-attr]
    assert "Kính gửi: Sở Y tế" in got.get_body(("html",)).get_content()  # type: ignore[union-attr]
    attached = next(got.iter_attachments())
    assert attached.get_filename() == "nhiệm vụ.xlsx"
    assert attached.get_content() == sheet.content


def test_many_messages_share_one_connection(box: tuple[Box, int]) -> None:
    handler, port = box
    with channel(port) as mail:
        for number in range(30):
            mail.send(message(f"k{number}"))
    assert len(handler.mails) == 30
    assert len(handler.peers) == 1


def test_every_attempt_has_the_same_bytes() -> None:
    assert build(message(), SENDER) == build(message(), SENDER)
    assert build(message("k2"), SENDER) != build(message(), SENDER)


def test_a_domain_with_diacritics_goes_out_in_ascii(box: tuple[Box, int]) -> None:
    handler, port = box
    with channel(port) as mail:
        mail.send(message(to="vanthu@sởytế.example"))
        mail.send(message(to="văn.thư@soyte.example"))
    assert handler.mails[0].rcpt_tos == ["vanthu@" + "sởytế".encode("idna").decode() + ".example"]
    assert handler.mails[1].rcpt_tos == ["văn.thư@soyte.example"]


def test_a_local_part_with_diacritics_needs_smtputf8() -> None:
    with FaultyServer() as server, channel(server.port) as mail:
        with pytest.raises(Refused) as refused:
            mail.send(message(to="văn.thư@soyte.example"))
        assert refused.value.scope is Scope.RECIPIENT
        mail.send(message())
    assert len(server.accepted) == 1


@pytest.mark.parametrize(
    "address",
    ["", "vanthu", "@b.example", "a@", "a b@c.example", "a@b.example,c@d.example", "a@b.example\r\nRCPT TO:<x@y>",
     "a\x00@b.example", "a@-b.example", "a..b@c.example", "<a@b.example>", "a@b\u202e.example", "\ud800@b.example",
     "a\u200b@b.example", "x" * 65 + "@b.example", "a@" + "b" * 64 + ".example"],
)  # fmt: skip
def test_what_is_no_address_is_refused_before_anything_is_sent(address: str) -> None:
    with FaultyServer() as server, channel(server.port) as mail, pytest.raises(Refused) as refused:
        mail.send(message(to=address))
    assert refused.value.scope is Scope.RECIPIENT
    assert server.connections == 0


# -- TLS and AUTH ------------------------------------------------------------------------------------------------

LOGIN = "g%E1%BB%ADi:m%C3%A2t%2Fkh%40u%3A1@"


def test_encrypts_and_logs_in(guarded: tuple[Box, int, Path]) -> None:
    handler, port, ca = guarded
    with channel(port, "smtp+starttls", LOGIN, f"?ca={ca}") as mail:
        mail.send(message("k1"))
        mail.send(message("k2"))
    assert len(handler.mails) == 2
    assert len(handler.peers) == 1


def test_a_wrong_password_is_about_the_channel(guarded: tuple[Box, int, Path]) -> None:
    _, port, ca = guarded
    with channel(port, "smtp+starttls", "g%E1%BB%ADi:sai@", f"?ca={ca}") as mail:
        with pytest.raises(Refused) as refused:
            mail.send(message())
        assert refused.value.scope is Scope.CHANNEL
        assert refused.value.code is not None
        assert refused.value.code.startswith("535")
        assert "sai" not in str(refused.value).replace("sai mật khẩu", "")


def test_an_unknown_certificate_is_not_accepted(guarded: tuple[Box, int, Path]) -> None:
    handler, port, _ = guarded
    with channel(port, "smtp+starttls", LOGIN) as mail, pytest.raises(Unavailable) as failed:
        mail.send(message())
    assert failed.value.scope is Scope.CHANNEL
    assert not handler.mails


def test_starttls_that_is_not_offered_is_not_skipped() -> None:
    with (
        FaultyServer() as server,
        channel(server.port, "smtp+starttls", "a:secret@") as mail,
        pytest.raises(Unavailable),
    ):
        mail.send(message())
    assert not any("AUTH" in command or "MAIL" in command for command in server.commands)


def test_no_auth_offered_is_refused() -> None:
    with FaultyServer() as server, channel(server.port, login="a:b@") as mail, pytest.raises(Refused) as refused:
        mail.send(message())
    assert refused.value.scope is Scope.CHANNEL


# -- faults: (what the server does, the error, its scope, whether it may have the mail) ---------------------------

FAULTS = {
    "drop at connect": ({"connect": DROP}, Unavailable, Scope.CHANNEL),
    "421 at connect": ({"connect": "421 4.3.2 busy"}, Unavailable, Scope.CHANNEL),
    "554 at connect": ({"connect": "554 5.7.1 no service for you"}, Refused, Scope.CHANNEL),
    "hang at connect": ({"connect": HANG}, Unavailable, Scope.CHANNEL),
    "drop at ehlo": ({"ehlo": DROP}, Unavailable, Scope.CHANNEL),
    "drop at mail": ({"mail": DROP}, Unavailable, Scope.CHANNEL),
    "drop at rcpt": ({"rcpt": DROP}, Unavailable, Scope.CHANNEL),
    "drop at data": ({"data": DROP}, Unavailable, Scope.CHANNEL),
    "hang at data": ({"data": HANG}, Unavailable, Scope.CHANNEL),
    "421 at mail": ({"mail": "421 4.7.0 too many"}, Unavailable, Scope.CHANNEL),
    "451 at rcpt, greylisted": ({"rcpt": "451 4.7.1 greylisted, try later"}, Unavailable, Scope.RECIPIENT),
    "450 at rcpt": ({"rcpt": "450 4.2.0 try later"}, Unavailable, Scope.RECIPIENT),
    "550 at rcpt": ({"rcpt": "550 5.1.1 <a@b.example>: no such user"}, Refused, Scope.RECIPIENT),
    "552 at rcpt": ({"rcpt": "552 5.2.2 mailbox full"}, Refused, Scope.RECIPIENT),
    "relay denied": ({"rcpt": "554 5.7.1 Relay access denied"}, Refused, Scope.CHANNEL),
    "550 at rcpt, 354 at data": ({"rcpt": "550 5.1.1 no", "data": "354 go"}, Refused, Scope.RECIPIENT),
    "550 at rcpt, 503 at data": ({"rcpt": "550 5.1.1 no", "data": "503 5.5.1 no"}, Refused, Scope.RECIPIENT),
    "552 at mail": ({"mail": "552 5.3.4 too big"}, Refused, Scope.MESSAGE),
    "550 at mail": ({"mail": "550 5.7.1 sender not allowed"}, Refused, Scope.CHANNEL),
    "554 at data": ({"data": "554 5.7.0 no"}, Refused, Scope.MESSAGE),
    "451 at dot": ({"dot": "451 4.3.0 try later"}, Unavailable, Scope.CHANNEL),
    "421 at dot": ({"dot": "421 4.3.0 closing"}, Unavailable, Scope.CHANNEL),
    "550 at dot": ({"dot": "550 5.7.1 looks like spam"}, Refused, Scope.MESSAGE),
    "552 at dot": ({"dot": "552 5.3.4 too big"}, Refused, Scope.MESSAGE),
    "drop while the body comes": ({"body": SLAM}, NotSent, None),
    "drop after dot": ({"dot": DROP, "accepted": ""}, Unconfirmed, Scope.MESSAGE),
    "hang after dot": ({"dot": HANG, "accepted": ""}, Unconfirmed, Scope.MESSAGE),
    "nonsense after dot": ({"dot": "hello", "accepted": ""}, Unconfirmed, Scope.MESSAGE),
}


@pytest.mark.parametrize("extensions", [("PIPELINING", "SIZE 100000"), ()], ids=["pipelined", "plain"])
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_has_its_meaning_and_the_next_message_goes(name: str, extensions: tuple[str, ...]) -> None:
    script, error, scope = FAULTS[name]
    with FaultyServer(scripts=[script], extensions=extensions) as server:
        with channel(server.port, options="?timeout=0.5&answer_timeout=0.5") as mail:
            with pytest.raises(error) as failed:
                mail.send(message("first"))
            assert scope is None or failed.value.scope is scope
            assert "a@b.example" not in failed.value.reason
        with channel(server.port, options="?timeout=5") as mail:
            mail.send(message("second"))
        got = [parsed(body)["message-id"] for body in server.accepted]
    first, second = (message_id(key, SENDER.host) for key in ("first", "second"))
    assert got == ([first, second] if error is Unconfirmed else [second])


@pytest.mark.parametrize("rcpt", ["550 5.1.1 no such user", "451 4.7.1 later"])
@pytest.mark.parametrize("extensions", [("PIPELINING",), ()], ids=["pipelined", "plain"])
def test_one_refused_recipient_leaves_the_connection_usable(rcpt: str, extensions: tuple[str, ...]) -> None:
    with FaultyServer(scripts=[{"rcpt": rcpt}], extensions=extensions) as server:
        with channel(server.port) as mail:
            for key in ("a", "b"):
                with pytest.raises(NotSent):
                    mail.send(message(key))
        assert server.connections == 1
        assert not [body for body in server.accepted if body.strip()]


def test_a_server_that_hangs_up_between_messages_is_called_again() -> None:
    with FaultyServer() as server, channel(server.port, options="?per_connection=2") as mail:
        for number in range(5):
            mail.send(message(f"k{number}"))
    assert server.connections == 3
    assert len(server.accepted) == 5


def test_a_421_after_some_messages_is_followed_by_a_new_connection() -> None:
    with FaultyServer() as server, channel(server.port) as mail:
        mail.send(message("a"))
        server.limit_reached.set()
        mail.send(message("b"))
    assert [parsed(body)["message-id"] for body in server.accepted] == [
        message_id(key, SENDER.host) for key in ("a", "b")
    ]
    assert server.connections == 2


def test_a_message_larger_than_the_server_takes_is_not_sent() -> None:
    with FaultyServer() as server, channel(server.port) as mail, pytest.raises(Refused) as refused:
        mail.send(message(text="x" * 200_000))
    assert refused.value.scope is Scope.MESSAGE
    assert not any(command.startswith("MAIL") for command in server.commands)


def test_dsn_is_asked_for_where_it_is_offered() -> None:
    with FaultyServer(extensions=("DSN",)) as server, channel(server.port) as mail:
        mail.send(message())
    assert f"ENVID={digest('k1')}" in next(command for command in server.commands if command.startswith("MAIL"))
    assert "NOTIFY=FAILURE,DELAY" in next(command for command in server.commands if command.startswith("RCPT"))


def test_nobody_listens() -> None:
    with FaultyServer() as server:
        port = server.port
    with channel(port) as mail, pytest.raises(Unavailable) as failed:
        mail.send(message())
    assert failed.value.scope is Scope.CHANNEL


# -- the rest ----------------------------------------------------------------------------------------------------


def test_dkim_signs_what_a_verifier_accepts(box: tuple[Box, int], tmp_path: Path) -> None:
    import base64

    import dkim

    handler, port = box
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    (tmp_path / "dkim.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
    )
    public = base64.b64encode(
        key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    options = f"?dkim_selector=dd&dkim_domain=minhson.example&dkim_key={tmp_path / 'dkim.pem'}"
    with channel(port, options=options) as mail:
        mail.send(message())
    signed = handler.mails[0].content
    assert isinstance(signed, bytes)

    def record(name: bytes, timeout: int = 5) -> bytes:
        assert name == b"dd._domainkey.minhson.example."
        return b"v=DKIM1; k=rsa; p=" + public

    assert dkim.verify(signed, dnsfunc=record)
    assert not dkim.verify(signed.replace(b"List-Id: <", b"List-Id: <x"), dnsfunc=record)


def test_apprise_can_use_it_and_hears_the_typed_error(box: tuple[Box, int]) -> None:
    handler, port = box
    register()
    made = apprise.Apprise.instantiate(
        f"dondocmail://127.0.0.1:{port}/?to=vanthu@soyte.example&from=nhacviec@vp.example",
        suppress_exceptions=False,
    )
    assert made is not None
    assert made.notify(body="Nội dung", title="Tiêu đề")
    assert parsed(handler.mails[0].content)["subject"] == "Tiêu đề"  # type: ignore[arg-type]
    with FaultyServer(scripts=[{"rcpt": "550 5.1.1 no"}]) as server:
        made = apprise.Apprise.instantiate(
            f"dondocmail://u:p@127.0.0.1:{server.port}/?to=a@b.example&from=c@d.example"
        )
        assert made is not None
        assert ":p@" not in made.url(privacy=True)
        with pytest.raises(Refused):
            made.notify(body="x")


def test_mailbox_keeps_what_is_right() -> None:
    assert mailbox(" vanthu@soyte.example ") == "vanthu@soyte.example"
    assert mailbox("o'brien+dd@b.example") == "o'brien+dd@b.example"
