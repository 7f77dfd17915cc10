"""A real relay and a real mailbox: Debian's Postfix and Dovecot, both ours, both on loopback.

Postfix demands STARTTLS and a password (SASL by Dovecot), delivers into a Maildir, and bounces what it cannot
deliver; Dovecot lets us read the bounce over IMAP.
"""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import smtplib
import socket
import ssl
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from email import message_from_bytes, message_from_string, policy
from pathlib import Path

import pytest

from notifiers.bounces import Fate
from notifiers.bounces_imap import reports
from notifiers.channel import open_channel
from notifiers.email_message import digest, message_id
from notifiers.errors import Refused, Scope, Unavailable
from notifiers.render import render
from tests.mail_samples import CREATED, SENDER, message, notice
from tests.test_notifiers_email import authority as authority

POSTFIX, DOVECOT = shutil.which("postfix", path="/usr/sbin"), shutil.which("dovecot", path="/usr/sbin")
US = replace(SENDER, address="nhacviec@vp.minhson.example")


@dataclass
class Relay:
    smtp: int
    smtps: int
    imap: int
    auth: int
    mail: Path
    ca: Path

    def url(self, login: str = "nhacviec:b%C3%AD-m%E1%BA%ADt@", options: str = "", *, tls: bool = False) -> str:
        scheme, port = ("smtps", self.smtps) if tls else ("smtp+starttls", self.smtp)
        return f"{scheme}://{login}127.0.0.1:{port}?ca={self.ca}{options}"

    def arrived(self, user: str, count: int) -> list[bytes]:
        """The mails of a mailbox, once there are so many."""
        folder = self.mail / user / "new"
        wait_until(lambda: folder.is_dir() and len(list(folder.iterdir())) >= count)
        return [path.read_bytes() for path in sorted(folder.iterdir())]


def wait_until(done: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def relay(authority: Path) -> Iterator[Relay]:
    if not POSTFIX or not DOVECOT or os.geteuid() != 0:
        pytest.skip("needs root, postfix and dovecot-imapd: apt-get install postfix dovecot-imapd")
    root = Path(f"/tmp/dd-mail-{uuid.uuid4().hex[:8]}")
    root.mkdir(mode=0o755)
    for name in ("cert.pem", "key.pem"):
        shutil.copy(authority / name, root / name)
    made = Relay(
        smtp=free_port(),
        smtps=free_port(),
        imap=free_port(),
        auth=free_port(),
        mail=root / "mail",
        ca=root / "cert.pem",
    )
    dovecot = start_dovecot(root, made)
    try:
        config = start_postfix(root, made)
        try:
            yield made
        finally:
            subprocess.run([POSTFIX, "-c", str(config), "stop"], capture_output=True, check=False)
    finally:
        dovecot.terminate()
        dovecot.wait(10)
        shutil.rmtree(root, ignore_errors=True)


def start_dovecot(root: Path, made: Relay) -> subprocess.Popen[bytes]:
    owner = pwd.getpwnam("nobody")
    made.mail.mkdir()
    os.chown(made.mail, owner.pw_uid, owner.pw_gid)
    (root / "users").write_text("nhacviec:{PLAIN}bí-mật::::::\n", encoding="utf-8")
    (root / "run").mkdir(mode=0o755)
    (root / "dovecot.conf").write_text(
        f"""
protocols = imap
listen = 127.0.0.1
base_dir = {root}/run
log_path = {root}/dovecot.log
ssl = required
ssl_cert = <{root}/cert.pem
ssl_key = <{root}/key.pem
mail_location = maildir:{made.mail}/%n
mail_uid = {owner.pw_uid}
mail_gid = {owner.pw_gid}
first_valid_uid = {owner.pw_uid}
first_valid_gid = {owner.pw_gid}
auth_mechanisms = plain login
passdb {{
  driver = passwd-file
  args = {root}/users
}}
userdb {{
  driver = static
  args = uid={owner.pw_uid} gid={owner.pw_gid} home={made.mail}/%n
}}
service imap-login {{
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {made.imap}
    ssl = yes
  }}
}}
service auth {{
  inet_listener {{
    address = 127.0.0.1
    port = {made.auth}
  }}
}}
""",
        encoding="utf-8",
    )
    assert DOVECOT
    started = subprocess.Popen([DOVECOT, "-F", "-c", str(root / "dovecot.conf")], stderr=subprocess.DEVNULL)
    wait_until(lambda: listens(made.imap), 15)
    return started


def start_postfix(root: Path, made: Relay) -> Path:
    owner = pwd.getpwnam("nobody")
    config, queue, data = root / "postfix", root / "queue", root / "data"
    for folder in (config, queue, data):
        folder.mkdir(mode=0o755)
    shutil.chown(data, "postfix", grp.getgrgid(pwd.getpwnam("postfix").pw_gid).gr_name)
    (config / "master.cf").write_text(
        f"""127.0.0.1:{made.smtp} inet n - n - - smtpd
127.0.0.1:{made.smtps} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
    )
    # soyte.example is ours; a mailbox named there that no file holds is bounced after it was accepted.
    (config / "boxes").write_text(
        "nhacviec@vp.minhson.example nhacviec/\nvanthu@soyte.example vanthu/\n"
        "văn.thư@soyte.example vanthu-utf8/\nnhanh@soyte.example nhanh/\n",
        encoding="utf-8",
    )
    (config / "transports").write_text("mat@soyte.example error:5.1.1 no such user\n")
    (config / "main.cf").write_text(
        f"""compatibility_level = 3.6
queue_directory = {queue}
data_directory = {data}
maillog_file = {root}/postfix.log
maillog_file_prefixes = {root}
myhostname = mx.minhson.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks =
virtual_mailbox_domains = vp.minhson.example soyte.example
virtual_mailbox_base = {made.mail}
virtual_mailbox_maps = texthash:{config}/boxes
virtual_uid_maps = static:{owner.pw_uid}
virtual_gid_maps = static:{owner.pw_gid}
virtual_minimum_uid = 1
transport_maps = texthash:{config}/transports
smtpd_reject_unlisted_recipient = no
smtpd_tls_security_level = encrypt
smtpd_tls_cert_file = {root}/cert.pem
smtpd_tls_key_file = {root}/key.pem
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{made.auth}
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = check_recipient_access texthash:{config}/access, permit_sasl_authenticated, reject
message_size_limit = 200000
smtputf8_enable = yes
"""
    )
    (config / "access").write_text(
        "day@soyte.example 452 4.2.2 Mailbox full\nkhoa@soyte.example 550 5.2.1 Mailbox disabled\n"
    )
    assert POSTFIX
    done = subprocess.run([POSTFIX, "-c", str(config), "start"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"this machine's postfix does not start: {done.stderr.strip()[-300:]}")
    wait_until(lambda: listens(made.smtp), 15)
    return config


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def test_a_notice_goes_through_tls_and_auth_into_the_mailbox(relay: Relay) -> None:
    sent = render(notice(), key="postfix-1", to="vanthu@soyte.example", to_name="Văn thư Sở Y tế", created=CREATED)
    with open_channel(relay.url(), sender=US, var=Path("unused")) as channel:
        receipt = channel.send(sent)
        for number in range(20):
            channel.send(message(f"postfix-more-{number}", to="vanthu@soyte.example"))
    assert receipt.reference
    mails = relay.arrived("vanthu", 21)
    by_id = {}
    for raw in mails:
        mail = message_from_bytes(raw, policy=policy.default.clone(raise_on_defect=True))
        by_id[mail["message-id"]] = mail
    assert len(by_id) == 21
    got = by_id[message_id("postfix-1", US.host)]
    assert got["subject"] == sent.subject
    assert got["to"].addresses[0].display_name == "Văn thư Sở Y tế"
    text = got.get_body(("plain",)).get_content()  # type: ignore[attr-defined]
    assert text.replace("\r\n", "\n") == sent.text


def test_what_the_relay_offers_is_what_we_use(relay: Relay) -> None:
    context = ssl.create_default_context(cafile=str(relay.ca))
    with smtplib.SMTP("127.0.0.1", relay.smtp) as smtp:
        smtp.starttls(context=context)
        smtp.ehlo()
        assert {"pipelining", "dsn", "smtputf8", "8bitmime", "size", "auth"} <= set(smtp.esmtp_features)


@pytest.mark.parametrize(
    ("options", "tls"),
    [("", False), ("", True), ("&pipelining=no", False), ("&dsn=no&per_connection=2", False)],
)
def test_every_way_to_speak_to_it_delivers(relay: Relay, options: str, tls: bool) -> None:
    keys = {f"way-{options}-{tls}-{number}" for number in range(5)}
    with open_channel(relay.url(options=options, tls=tls), sender=US, var=Path("unused")) as channel:
        for key in sorted(keys):
            channel.send(message(key, to="nhanh@soyte.example"))
        with pytest.raises(Refused):
            channel.send(message("l", to="khoa@soyte.example"))
        channel.send(message("way-after", to="nhanh@soyte.example"))
    wanted = {message_id(key, US.host) for key in keys}
    box = relay.mail / "nhanh" / "new"

    def came() -> set[str]:
        found = [message_from_bytes(path.read_bytes()) for path in box.iterdir()] if box.is_dir() else []
        return {str(mail["message-id"]) for mail in found}

    wait_until(lambda: wanted <= came())


def test_an_address_with_diacritics_needs_and_gets_smtputf8(relay: Relay) -> None:
    to = "văn.thư@soyte.example"
    with open_channel(relay.url(), sender=US, var=Path("unused")) as channel:
        channel.send(message("utf8", to=to, to_name="Văn thư Sở Y tế"))
    (raw,) = relay.arrived("vanthu-utf8", 1)
    mail = message_from_string(raw.decode(), policy=policy.SMTPUTF8.clone(raise_on_defect=True))
    assert mail["to"].addresses[0].addr_spec == to
    assert b"UTF8SMTP" in raw, "the relay itself says how it took the mail"


def test_a_wrong_password(relay: Relay) -> None:
    with (
        open_channel(relay.url("nhacviec:sai@"), sender=US, var=Path("unused")) as channel,
        pytest.raises(Refused) as refused,
    ):
        channel.send(message())
    assert refused.value.scope is Scope.CHANNEL
    assert refused.value.code == "535 5.7.8"


def test_without_a_login_the_relay_is_closed_to_us(relay: Relay) -> None:
    with (
        open_channel(relay.url(""), sender=US, var=Path("unused")) as channel,
        pytest.raises(Refused) as refused,
    ):
        channel.send(message(to="vanthu@elsewhere.example"))
    assert refused.value.scope in {Scope.CHANNEL, Scope.RECIPIENT}


def test_its_refusals_have_their_meaning_and_the_connection_goes_on(relay: Relay) -> None:
    with open_channel(relay.url(), sender=US, var=Path("unused")) as channel:
        with pytest.raises(Unavailable) as full:
            channel.send(message("f", to="day@soyte.example"))
        with pytest.raises(Refused) as locked:
            channel.send(message("l", to="khoa@soyte.example"))
        with pytest.raises(Refused) as large:
            channel.send(message("g", to="vanthu@soyte.example", text="x" * 300_000))
        channel.send(message("after", to="vanthu@soyte.example"))
    assert (full.value.scope, full.value.code) == (Scope.RECIPIENT, "452 4.2.2")
    assert (locked.value.scope, locked.value.code) == (Scope.RECIPIENT, "550 5.2.1")
    assert large.value.scope is Scope.MESSAGE


def test_a_bounce_is_read_from_the_mailbox_once(relay: Relay) -> None:
    with open_channel(relay.url(), sender=US, var=Path("unused")) as channel:
        channel.send(message("bounced", to="mat@soyte.example"))
    (bounce,) = relay.arrived("nhacviec", 1)
    report = message_from_bytes(bounce)
    assert report.get_param("report-type") == "delivery-status"
    parts = {part.get_content_type(): part for part in report.walk()}
    status = parts["message/delivery-status"].as_string()
    assert f"Original-Envelope-Id: {digest('bounced')}" in status, "ENVID came back"
    assert "message/rfc822" not in parts, "RET=HDRS: only the headers come back"
    assert "text/rfc822-headers" in parts
    box = f"imaps://nhacviec:b%C3%AD-m%E1%BA%ADt@127.0.0.1:{relay.imap}/INBOX?ca={relay.ca}"
    (got,) = reports(box, domain=US.host)
    assert got.fate is Fate.FAILED
    assert got.ident == digest("bounced")
    assert got.recipient == "mat@soyte.example"
    assert isinstance(got.failure, Refused)
    assert got.failure.scope is Scope.RECIPIENT
    assert list(reports(box, domain=US.host)) == []


def test_a_mailbox_that_does_not_let_us_in(relay: Relay) -> None:
    with pytest.raises(Refused):
        list(reports(f"imaps://nhacviec:sai@127.0.0.1:{relay.imap}/?ca={relay.ca}", domain=US.host))
    with pytest.raises(Unavailable):
        list(reports(f"imaps://a:b@127.0.0.1:{free_port()}/?ca={relay.ca}", domain=US.host))
    with pytest.raises(Refused):
        list(reports("imap://a:b@mail.example/INBOX", domain=US.host))
