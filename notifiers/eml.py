"""Mails as `.eml` files in a folder: what is used while no mail server is set.

A file's name comes from the message's key, so sending again writes the same file again.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType

from notifiers.email_message import build, digest
from notifiers.errors import Scope, Unavailable
from notifiers.message import Message, Receipt, Sender


class EmlChannel:
    name = "eml"
    resend_unconfirmed = True

    def __init__(self, folder: Path, *, sender: Sender) -> None:
        self._folder = folder
        self._sender = sender

    def send(self, message: Message) -> Receipt:
        """Writes one file, whole or not at all. Raises Unavailable where the disk does not take it."""
        data = build(message, self._sender)
        name = f"{message.created:%Y%m%d}-{digest(message.key)}.eml"
        try:
            self._write(self._folder / name, data)
        except OSError as failure:
            reason = f"Không ghi được thư vào thư mục chờ: {failure.strerror or 'lỗi đĩa'}"
            raise Unavailable(reason, code="dondoc:disk", scope=Scope.CHANNEL, retry_after=300) from None
        return Receipt(answer=f"Đã ghi tệp {name}", reference=name)

    def _write(self, path: Path, data: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = path.with_suffix(f".{os.getpid()}.part")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
            partial.replace(path)
            _keep_name(self._folder)
        except OSError:
            partial.unlink(missing_ok=True)
            raise

    def check(self) -> str:
        return f"Chưa đặt máy chủ thư: thư được ghi vào thư mục {self._folder.name}"

    def close(self) -> None:
        """There is nothing to close."""

    def __enter__(self) -> EmlChannel:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _keep_name(folder: Path) -> None:
    """A file's new name lasts through a power cut only when its folder is written too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
