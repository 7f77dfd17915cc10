"""The page inside a saved page that carries its pictures along (MIME HTML)."""

from __future__ import annotations

from email import message_from_bytes, policy

from plans.errors import ReadError


def page_of(data: bytes) -> bytes:
    """The first HTML part, in UTF-8 with its mark. Raises ReadError where there is none."""
    for part in message_from_bytes(data, policy=policy.compat32).walk():
        if part.get_content_type() != "text/html":
            continue
        body = part.get_payload(decode=True)
        if isinstance(body, bytes) and body.strip():
            return _in_utf8(body, part.get_content_charset())
    raise ReadError("Trang web lưu lại không có phần văn bản.", cure="Lưu lại trang dưới dạng .html rồi nhập lại.")


def _in_utf8(body: bytes, charset: str | None) -> bytes:
    if charset is None or body.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return body
    try:
        return b"\xef\xbb\xbf" + body.decode(charset).encode("utf-8")
    except (LookupError, UnicodeError):
        return body
