"""Signs mails with DKIM (RFC 6376), where the relay does not do so itself."""

from __future__ import annotations

import dkim

from notifiers.email_settings import DkimSettings
from notifiers.errors import Refused, Scope

_SIGNED = [
    b"from", b"to", b"subject", b"date", b"message-id", b"reply-to", b"references", b"in-reply-to",
    b"mime-version", b"content-type", b"list-id", b"auto-submitted",
]  # fmt: skip


class Signer:
    """Raises Refused for the whole channel where the key cannot be read or used."""

    def __init__(self, settings: DkimSettings) -> None:
        self._settings = settings
        try:
            self._key = settings.key_file.read_bytes()
        except OSError as failure:
            raise _unusable(failure.strerror or "không đọc được tệp") from None

    def signed(self, data: bytes) -> bytes:
        """The mail with its signature before the other headers."""
        present = data.partition(b"\r\n\r\n")[0].lower()
        headers = [name for name in _SIGNED if b"\n" + name + b":" in b"\n" + present]
        try:
            signature: bytes = dkim.sign(
                data,
                self._settings.selector.encode("idna"),
                self._settings.domain.encode("idna"),
                self._key,
                canonicalize=(b"relaxed", b"relaxed"),
                include_headers=headers,
            )
        except (dkim.DKIMException, ValueError, UnicodeError) as failure:
            raise _unusable(type(failure).__name__) from None
        return signature + data


def _unusable(why: str) -> Refused:
    return Refused(f"Không ký được DKIM: {why}", code="dondoc:dkim", scope=Scope.CHANNEL)
