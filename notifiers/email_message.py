"""One message as the bytes of a mail: the same bytes for every attempt.

The parts are put together by hand rather than with `EmailMessage`, which takes some milliseconds a message and
makes a new boundary each time. Tests parse the result with the standard library's strict parser. Bodies are
base64, so no line is long and none starts with a dot.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from email.utils import format_datetime, quote
from functools import lru_cache
from urllib.parse import quote as percent

from notifiers.errors import Refused, Scope
from notifiers.message import Attachment, Message, Sender
from notifiers.render_clean import block, line, shorten

_LOCAL = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f-\x9f]+")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.I)
_MESSAGE_ID = re.compile(r"<[^\s<>@\x00-\x1f]{1,200}@[^\s<>@\x00-\x1f]{1,200}>")
_MIME = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+(?:; ?[a-z0-9-]+=[A-Za-z0-9-]+)*", re.I)
_SUBJECT_LIMIT = 200
_WORD = 63
"""The base64 characters of an encoded word: 75 less its frame."""
_REFERENCES_LIMIT = 10


def message_id(key: str, domain: str) -> str:
    """The Message-ID of the message with this key, in angle brackets; a function of both and of nothing else."""
    return f"<{digest(key)}@{domain}>"


def digest(key: str) -> str:
    """The key as 32 hexadecimal digits: safe in a Message-ID, an ENVID and a file name."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]


@lru_cache(maxsize=4096)
def mailbox(address: str) -> str:
    """The address as mail servers take it: domain in ASCII (IDNA), local part as given.

    Raises Refused for what is not exactly one address.
    """
    local, at, domain = address.strip().rpartition("@")
    try:
        host = domain.encode("idna").decode("ascii")
    except UnicodeError:
        host = ""
    seen = block(local) == local and not (local.startswith(".") or local.endswith(".") or ".." in local)
    whole = bool(at) and len(local.encode("utf-8", "replace")) <= 64 and len(host) <= 253
    if not (whole and seen and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(host)):
        raise Refused("Địa chỉ thư điện tử không hợp lệ", code="dondoc:address", scope=Scope.RECIPIENT)
    return f"{local}@{host}"


def build(message: Message, sender: Sender) -> bytes:
    """The mail with CRLF line ends. Raises Refused where an address in it is not an address."""
    seed = digest(message.key)
    head = "\r\n".join(_headers(message, sender)).encode("utf-8")
    body = _alternatives(message, seed)
    if message.attachments:
        parts = [body, *(_attached(item) for item in message.attachments)]
        body = _multipart("mixed", f"=_m{seed}", parts)
    return head + b"\r\n" + body


def _headers(message: Message, sender: Sender) -> list[str]:
    lines = [
        f"Date: {format_datetime(message.created)}",
        *_sender_headers(sender),
        _address_header("To", message.to_name, mailbox(message.to)),
        _text_header("Subject", shorten(message.subject, _SUBJECT_LIMIT)),
        f"Message-ID: {message_id(message.key, sender.host)}",
    ]
    if message.reply_to:
        try:
            lines.append(f"Reply-To: {mailbox(message.reply_to)}")
        except Refused as wrong:
            raise Refused("Địa chỉ nhận trả lời không hợp lệ", code=wrong.code, scope=Scope.CHANNEL) from None
    known = [name for name in message.references if _MESSAGE_ID.fullmatch(name)][-_REFERENCES_LIMIT:]
    if known:
        lines += [f"In-Reply-To: {known[-1]}", "References: " + "\r\n ".join(known)]
    return [*lines, "Auto-Submitted: auto-generated", "MIME-Version: 1.0"]


@lru_cache(maxsize=64)
def _sender_headers(sender: Sender) -> tuple[str, ...]:
    try:
        address = mailbox(sender.address)
    except Refused as wrong:
        raise Refused("Địa chỉ gửi không hợp lệ", code=wrong.code, scope=Scope.CHANNEL) from None
    lines = [_address_header("From", sender.name, address)]
    if sender.organisation:
        lines.append(_text_header("Organization", line(sender.organisation)))
    list_id = sender.list_id.lower()
    named = _DOMAIN.fullmatch(list_id) and len(list_id) <= 253
    return (*lines, f"List-Id: <{list_id if named else sender.host}>")


def _text_header(name: str, value: str) -> str:
    if value.isascii() and len(value) < 66 and "=?" not in value:
        return f"{name}: {value}"
    return f"{name}: {_encoded_words(value, column=len(name) + 2)}"


def _encoded_words(value: str, *, column: int) -> str:
    """RFC 2047 with base64: no word longer than 75 characters, no character split between two words."""
    words, chunk, room = [], b"", 3 * ((_WORD - column) // 4)
    for mark in value:
        raw = mark.encode("utf-8")
        if len(chunk) + len(raw) > room:
            words.append(chunk)
            chunk, room = b"", 3 * (_WORD // 4)
        chunk += raw
    return "\r\n ".join(f"=?utf-8?b?{b64encode(word).decode()}?=" for word in [*words, chunk])


def _address_header(name: str, display: str, address: str) -> str:
    display = shorten(display, _SUBJECT_LIMIT)
    if not display:
        return f"{name}: {address}"
    if display.isascii() and "=?" not in display:
        return f'{name}: "{quote(display)}"\r\n <{address}>'
    return f"{_text_header(name, display)}\r\n <{address}>"


def _alternatives(message: Message, seed: str) -> bytes:
    parts = [_text_part("plain", message.text)]
    if message.html:
        parts.append(_text_part("html", message.html))
    return parts[0] if len(parts) == 1 else _multipart("alternative", f"=_a{seed}", parts)


def _text_part(subtype: str, text: str) -> bytes:
    body = block(text).replace("\n", "\r\n").encode("utf-8")
    return (
        f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    ).encode() + _base64(body)


def _attached(item: Attachment) -> bytes:
    mime = item.mime if _MIME.fullmatch(item.mime) else "application/octet-stream"
    name = line(item.name).replace("/", "-").replace("\\", "-") or "tep"
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", name)
    filename = f'filename="{plain}"' if name.isascii() else f"filename*=utf-8''{percent(name, safe='')}"
    return (
        f"Content-Type: {mime}\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment; {filename}\r\n\r\n"
    ).encode() + _base64(item.content)


def _base64(content: bytes) -> bytes:
    whole = b64encode(content)
    return b"".join(whole[start : start + 76] + b"\r\n" for start in range(0, len(whole), 76))


def _multipart(subtype: str, boundary: str, parts: list[bytes]) -> bytes:
    mark = f"--{boundary}".encode()
    head = f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"\r\n\r\n'.encode()
    return head + b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + b"--\r\n"
