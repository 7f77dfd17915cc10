"""Bytes to text: Unicode in its usual forms, and the codings that Vietnamese offices used before it."""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass

from plans.errors import ReadError
from plans.legacy_fonts import from_legacy

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CURE = "Mở tệp bằng Word hoặc Notepad, lưu lại với bảng mã Unicode (UTF-8) rồi nạp lại."
_BINARY = "Tệp này là dữ liệu nhị phân, không phải văn bản."
_TRULY_BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_VIETNAMESE = re.compile(r"[\u1ea0-\u1ef9ăđơưĂĐƠƯ]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Decoded:
    text: str
    warnings: tuple[str, ...] = ()


def decode(data: bytes, declared: str | None = None) -> Decoded:
    """The text of a file, old fonts turned to Unicode. Raises ReadError where the bytes are no text.

    `declared` is the coding that the file itself names, if any.
    """
    text, warnings = _decoded(data, declared)
    _refuse_binary(text)
    converted = from_legacy(text)
    if converted is None:
        return Decoded(text=text, warnings=warnings)
    told = f"Văn bản dùng phông chữ cũ ({converted.font}), đã chuyển sang Unicode; cần soát lại chữ."
    return Decoded(text=converted.text, warnings=(*warnings, told))


def _decoded(data: bytes, declared: str | None) -> tuple[str, tuple[str, ...]]:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _strict(data, name), ()
    if data.count(0) > len(data) // 20:
        return _strict(data, _wide(data)), ()
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        if error.start > 1000 and error.start > len(data) - 4:
            cut = data[: error.start].decode("utf-8")
            return cut, ("Tệp bị cắt giữa một chữ ở cuối, có thể thiếu nội dung.",)
    return _single_byte(data, declared)


def _single_byte(data: bytes, declared: str | None) -> tuple[str, tuple[str, ...]]:
    """Bytes that are no Unicode: the declared coding, an old font over Latin letters, or Windows-1258."""
    if declared and (text := _tried(data, declared)) is not None and _VIETNAMESE.search(text):
        return text, ()
    western = data.decode("latin-1")
    if from_legacy(western) is not None:
        return western, ()
    text = _tried(data, "cp1258")
    if text is not None and len(_VIETNAMESE.findall(text)) > 0.02 * len(text):
        return text, ("Tệp dùng bảng mã Windows-1258, đã chuyển sang Unicode.",)
    if _TRULY_BINARY.search(western):
        raise ReadError(_BINARY, cure="Chọn đúng tệp kế hoạch.")
    raise ReadError("Không nhận ra bảng mã hoặc phông chữ của tệp (không phải Unicode, TCVN3 hay VNI).", cure=_CURE)


def _tried(data: bytes, name: str) -> str | None:
    try:
        return unicodedata.normalize("NFC", data.decode(name))
    except (UnicodeDecodeError, LookupError):
        return None


def _strict(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        raise ReadError("Tệp văn bản bị hỏng: có đoạn không giải mã được.", cure=_CURE) from None


def _wide(data: bytes) -> str:
    """UTF-16 without its mark: Vietnamese text has its zero bytes on one side only."""
    even, odd = data[0::2].count(0), data[1::2].count(0)
    if odd > 4 * (even + 1):
        return "utf-16-le"
    if even > 4 * (odd + 1):
        return "utf-16-be"
    raise ReadError(_BINARY, cure="Chọn đúng tệp kế hoạch.")


def _refuse_binary(text: str) -> None:
    odd = len(_TRULY_BINARY.findall(text))
    if odd > 8 and odd > 0.02 * len(text):
        raise ReadError(_BINARY, cure="Chọn đúng tệp kế hoạch.")
