"""Bytes to text: Unicode in its usual forms, and the fonts that Vietnamese offices used before it."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from plans.errors import ReadError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CURE = "Mở tệp bằng Word hoặc Notepad, chọn lưu lại với bảng mã Unicode (UTF-8) rồi nạp lại."


@dataclass(frozen=True, kw_only=True, slots=True)
class Decoded:
    text: str
    warnings: tuple[str, ...] = ()


def decode(data: bytes) -> Decoded:
    """The text of a file. Raises ReadError where the bytes are no text."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return Decoded(text=_strict(data, name))
    if data.count(0):
        return Decoded(text=_strict(data, _wide(data)))
    return Decoded(text=_strict(data, "utf-8"))


def _strict(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        raise ReadError("Không nhận ra bảng mã của tệp văn bản này.", cure=_CURE) from None


def _wide(data: bytes) -> str:
    """UTF-16 without its mark: Vietnamese text has its zero bytes on one side only."""
    even, odd = data[0::2].count(0), data[1::2].count(0)
    if odd > 4 * (even + 1):
        return "utf-16-le"
    if even > 4 * (odd + 1):
        return "utf-16-be"
    raise ReadError("Tệp này là dữ liệu nhị phân, không phải văn bản.", cure="Chọn đúng tệp kế hoạch.")
