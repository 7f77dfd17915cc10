"""Mails as files: whole, repeatable, private, and honest about a disk that does not take them."""

from __future__ import annotations

import os
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from notifiers.channel import open_channel
from notifiers.email_message import build, message_id
from notifiers.errors import Refused, Scope, Unavailable
from tests.mail_samples import SENDER, message


def test_a_file_holds_what_the_server_would_get(tmp_path: Path) -> None:
    with open_channel("", sender=SENDER, var=tmp_path) as channel:
        assert channel.name == "eml"
        assert channel.resend_unconfirmed
        receipt = channel.send(message())
    (path,) = (tmp_path / "outbox").iterdir()
    assert path.name == receipt.reference
    assert path.name.startswith("20260601-")
    assert path.read_bytes() == build(message(), SENDER)
    mail = message_from_bytes(path.read_bytes(), policy=policy.default.clone(raise_on_defect=True))
    assert mail["message-id"] == message_id("k1", SENDER.host)


def test_sending_again_writes_the_same_file(tmp_path: Path) -> None:
    with open_channel("eml://", sender=SENDER, var=tmp_path) as channel:
        channel.send(message("a"))
        channel.send(message("a"))
        channel.send(message("b"))
    assert len(list((tmp_path / "outbox").iterdir())) == 2


def test_the_folder_can_be_named_and_is_private(tmp_path: Path) -> None:
    folder = tmp_path / "thư đi"
    with open_channel(f"eml://{folder}".replace(" ", "%20"), sender=SENDER, var=Path("unused")) as channel:
        channel.send(message())
    (path,) = folder.iterdir()
    assert folder.stat().st_mode & 0o077 == 0
    assert path.stat().st_mode & 0o077 == 0


def test_a_disk_that_does_not_take_it_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file in the folder's place")
    with (
        open_channel("", sender=SENDER, var=tmp_path) as channel,
        pytest.raises(Unavailable) as failed,
    ):
        channel.send(message())
    assert failed.value.scope is Scope.CHANNEL
    assert str(tmp_path) not in failed.value.reason


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_leaves_no_half_file(tmp_path: Path) -> None:
    folder = tmp_path / "outbox"
    folder.mkdir()
    with open_channel("", sender=SENDER, var=tmp_path) as channel:
        done = channel.send(message())
        name = (folder / str(done.reference)).with_suffix(f".{os.getpid()}.part")
        (folder / str(done.reference)).unlink()
        name.symlink_to("/dev/full")
        with pytest.raises(Unavailable):
            channel.send(message())
    assert list(folder.iterdir()) == []


def test_no_address_no_file(tmp_path: Path) -> None:
    with open_channel("", sender=SENDER, var=tmp_path) as channel, pytest.raises(Refused) as refused:
        channel.send(message(to="không phải địa chỉ"))
    assert refused.value.scope is Scope.RECIPIENT
    assert not (tmp_path / "outbox").exists()
