"""A receiver that is not ours: Debian's Postfix, which hands over to Dovecot, where Sieve sets copies aside.

Whatever address a mail is for, it ends in one mailbox; a second mail with a Message-ID that was there before goes
into the folder `Copies` (RFC 7352). Needs root, as both programs do to change to users of their own.
"""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections import Counter
from email import message_from_bytes, policy
from pathlib import Path

POSTFIX, DOVECOT = shutil.which("postfix", path="/usr/sbin"), shutil.which("dovecot", path="/usr/sbin")
PARTS = (Path("/usr/lib/dovecot/lmtp"), Path("/usr/lib/dovecot/modules/lib90_sieve_plugin.so"))
SIEVE = 'require ["duplicate", "fileinto", "mailbox"];\nif duplicate { fileinto :create "Copies"; }\n'

MASTER = """127.0.0.1:{smtp} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
lmtp unix - - n - - lmtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
MAIN = """compatibility_level = 3.6
queue_directory = {root}/queue
data_directory = {root}/data
maillog_file = {root}/postfix.log
maillog_file_prefixes = {root}
myhostname = mx.receiver.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
virtual_alias_domains =
virtual_mailbox_domains = receiver.example
virtual_alias_maps = regexp:{root}/postfix/aliases
smtpd_reject_unlisted_recipient = no
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_client_connection_rate_limit = 0
smtputf8_enable = yes
"""
DOVECOT_CONF = """protocols = lmtp
listen = 127.0.0.1
base_dir = {root}/run
log_path = {root}/dovecot.log
ssl = no
mail_location = maildir:{root}/mail/box
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = {uid}
first_valid_gid = {gid}
postmaster_address = postmaster@receiver.example
passdb {{
  driver = static
  args = nopassword=y
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={root}/mail/home allow_all_users=yes
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
protocol lmtp {{
  mail_plugins = sieve
}}
plugin {{
  sieve = file:{root}/mail/copies.sieve
}}
"""


def missing() -> str:
    """Why no receiver can be set up here; empty where one can."""
    if os.geteuid() != 0 or not POSTFIX or not DOVECOT or not all(part.exists() for part in PARTS):
        return "needs root, postfix and dovecot: apt-get install postfix dovecot-lmtpd dovecot-sieve"
    return ""


class Receiver:
    """`with Receiver() as receiver:` … `receiver.port`, `receiver.identities()`, `receiver.copies()`."""

    def __init__(self) -> None:
        self._root = Path(tempfile.mkdtemp(prefix="dondoc-mx-"))
        self._root.chmod(0o755)
        self.port, self._lmtp = _free_port(), _free_port()
        self._dovecot: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Receiver:
        try:
            self._start_dovecot()
            self._start_postfix()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if POSTFIX:
            subprocess.run([POSTFIX, "-c", str(self._root / "postfix"), "stop"], capture_output=True, check=False)
        if self._dovecot is not None:
            self._dovecot.terminate()
            self._dovecot.wait(10)
        shutil.rmtree(self._root, ignore_errors=True)

    def _start_dovecot(self) -> None:
        owner = pwd.getpwnam("nobody")
        mail = self._root / "mail"
        for folder in (mail, mail / "home"):
            folder.mkdir()
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        (mail / "copies.sieve").write_text(SIEVE)
        (self._root / "run").mkdir(mode=0o755)
        written = DOVECOT_CONF.format(root=self._root, uid=owner.pw_uid, gid=owner.pw_gid, lmtp=self._lmtp)
        (self._root / "dovecot.conf").write_text(written)
        assert DOVECOT
        words = [DOVECOT, "-F", "-c", str(self._root / "dovecot.conf")]
        self._dovecot = subprocess.Popen(words, stderr=subprocess.DEVNULL)
        _until_it_listens(self._lmtp)

    def _start_postfix(self) -> None:
        config = self._root / "postfix"
        for folder in (config, self._root / "queue", self._root / "data"):
            folder.mkdir(mode=0o755)
        postfix = pwd.getpwnam("postfix")
        shutil.chown(self._root / "data", "postfix", grp.getgrgid(postfix.pw_gid).gr_name)
        (config / "master.cf").write_text(MASTER.format(smtp=self.port))
        (config / "main.cf").write_text(MAIN.format(root=self._root, lmtp=self._lmtp))
        (config / "aliases").write_text(
            "/^box@receiver\\.example$/ box@receiver.example\n/./ box@receiver.example\n"
        )
        assert POSTFIX
        done = subprocess.run([POSTFIX, "-c", str(config), "start"], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-300:]
        _until_it_listens(self.port)

    def identities(self) -> Counter[str]:
        """The Message-IDs in the mailbox."""
        return self._in(self._root / "mail" / "box")

    def copies(self) -> Counter[str]:
        """The Message-IDs that Sieve set aside, because they had been there before."""
        return self._in(self._root / "mail" / "box" / ".Copies")

    def wait_for(self, count: int, *, seconds: float) -> None:
        """Until so many mails have gone through, wherever they went; returns in any case."""
        last = time.monotonic() + seconds
        while self.identities().total() + self.copies().total() < count and time.monotonic() < last:
            time.sleep(0.2)

    def _in(self, folder: Path) -> Counter[str]:
        found: Counter[str] = Counter()
        for path in folder.glob("new/*"):
            head = path.read_bytes().partition(b"\n\n")[0]
            found[str(message_from_bytes(head + b"\n\n", policy=policy.default)["message-id"]).strip()] += 1
        return found


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _until_it_listens(port: int, seconds: float = 30) -> None:
    last = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < last, f"nothing listens on port {port}"
            time.sleep(0.1)
