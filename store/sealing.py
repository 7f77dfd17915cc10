"""Personal data at rest: sealed with a key from the environment, looked up by keyed HMAC, shown masked.

A bare hash of a phone number can be reversed by trying every number, so the look-up is keyed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from store.errors import StoreError


@dataclass(frozen=True, slots=True)
class Seal:
    """One installation's key: 32 bytes."""

    key: bytes

    def close(self, plain: str) -> bytes:
        from cryptography.fernet import Fernet

        return Fernet(self._part(b"seal", encoded=True)).encrypt(plain.encode())

    def open(self, sealed: bytes) -> str:
        """Raises StoreError where the key is not the one that sealed it."""
        from cryptography.fernet import Fernet, InvalidToken

        try:
            return Fernet(self._part(b"seal", encoded=True)).decrypt(bytes(sealed)).decode()
        except InvalidToken as error:
            raise StoreError(
                "Không giải mã được dữ liệu liên hệ: khóa DONDOC_KEY không phải khóa đã dùng khi lưu."
            ) from error

    def lookup(self, plain: str) -> str:
        """The same for the same text, case and outer blanks aside; says nothing of it without the key."""
        return hmac.new(self._part(b"lookup"), plain.strip().lower().encode(), hashlib.sha256).hexdigest()

    def sign_key(self, purpose: str) -> bytes:
        """A key for signing, one for each purpose."""
        return self._part(b"sign:" + purpose.encode())

    def _part(self, purpose: bytes, *, encoded: bool = False) -> bytes:
        part = hmac.new(self.key, purpose, hashlib.sha256).digest()
        return base64.urlsafe_b64encode(part) if encoded else part


def load_seal(secret: str | None, var: Path) -> Seal:
    """The installation's key: `secret` (base64 or any text of 32 characters and more), or `var`/key, made once.

    Raises StoreError where the secret is too short or the file cannot be read or made.
    """
    if secret is not None:
        return Seal(_from_text(secret.strip()))
    path = var / "key"
    try:
        if not path.exists():
            _make(path)
        return Seal(_from_text(path.read_text().strip()))
    except OSError as error:
        raise StoreError(f"Không đọc hoặc không tạo được tệp khóa {path}: {error.strerror}.") from error


def _make(path: Path) -> None:
    """A new key, whole from the first moment: of several that start at once all read the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, own = tempfile.mkstemp(dir=path.parent, prefix=".key-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.urlsafe_b64encode(os.urandom(32)))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(own, path)
    finally:
        Path(own).unlink()


def _from_text(text: str) -> bytes:
    if len(text) < 32:
        raise StoreError("DONDOC_KEY quá ngắn: cần ít nhất 32 ký tự ngẫu nhiên.")
    return hashlib.sha256(text.encode()).digest()


def masked(address: str) -> str:
    """An address as logs and screens show it: 84•••••678, v•••@donvi.example."""
    name, at, host = address.partition("@")
    if at:
        return f"{name[:1]}•••@{host}"
    return f"{address[:2]}•••••{address[-3:]}" if len(address) >= 8 else "•••••"
