"""A look into a zip container before any parser sees it.

Every entry is unpacked once and thrown away, counting what really comes out: the sizes that a container
declares are claims. Parsers of XML never get to meet a DOCTYPE, an entity or an unusual encoding.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

from plans.errors import ReadError
from plans.limits import MIB, Limits

_CHUNK = 256 * 1024
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_XML_NAMES = (".xml", ".rels", ".vml", ".xhtml", ".rdf")
_FORBIDDEN = ("<!DOCTYPE", "<!ENTITY")
_FORBIDDEN_BYTES = tuple(mark.encode(code) for mark in _FORBIDDEN for code in ("utf-8", "utf-16-le", "utf-16-be"))
_ENCODING = re.compile(rb"^<\?xml[^>]*encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_PLAIN_ENCODINGS = frozenset({b"utf-8", b"utf8", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1252", b"utf-16"})
_MACROS = ("vbaproject.bin", "vbadata.xml", "xl/macrosheets/", "basic/script-lc.xml")
_TAIL = 40
"""Bytes kept from one chunk to the next, so that no mark hides across the seam."""


def prescan(data: bytes, limits: Limits) -> tuple[str, ...]:
    """Warnings about what is left aside. Raises ReadError for a container that is dangerous to open."""
    with zipfile.ZipFile(io.BytesIO(data)) as container:
        entries = container.infolist()
    if len(entries) > limits.entries:
        raise ReadError(
            f"Tệp chứa {len(entries)} thành phần bên trong, quá giới hạn {limits.entries}.", cure=_SUSPECT
        )
    if len({entry.filename for entry in entries}) != len(entries):
        raise ReadError("Tệp chứa hai thành phần trùng tên.", cure=_SUSPECT)
    left = limits.inflated
    for entry in entries:
        left -= _inspect(data, entry, left, limits)
    return _warnings([entry.filename.lower() for entry in entries])


_SUSPECT = "Tệp có thể đã bị can thiệp; xin lại tệp gốc từ nơi gửi."


def _warnings(names: list[str]) -> tuple[str, ...]:
    if any(mark in name for name in names for mark in _MACROS):
        return ("Tệp có macro: macro không được chạy và bị bỏ qua.",)
    return ()


def _inspect(data: bytes, entry: zipfile.ZipInfo, left: int, limits: Limits) -> int:
    """The true size of one entry, unpacked."""
    if entry.flag_bits & 0x1:
        raise ReadError("Tệp được đặt mật khẩu.", cure="Bỏ mật khẩu rồi lưu lại và nhập lại.")
    size, seam = 0, b""
    is_xml = entry.filename.lower().endswith(_XML_NAMES)
    for chunk in _inflate(data, entry):
        if is_xml:
            _check_xml(seam + chunk, first=size == 0)
            seam = chunk[-_TAIL:]
        size += len(chunk)
        if size > left:
            raise _bomb(f"hơn {limits.inflated // MIB} MB")
        if size > MIB and size > limits.ratio * max(1, entry.compress_size):
            raise _bomb(f"gấp hơn {limits.ratio} lần")
    return size


def _bomb(how_much: str) -> ReadError:
    return ReadError(f"Tệp nén phình to bất thường khi mở ra ({how_much}) nên bị từ chối.", cure=_SUSPECT)


def _inflate(data: bytes, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    packed = _packed(data, entry)
    if entry.compress_type == zipfile.ZIP_STORED:
        yield bytes(packed)
        return
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        raise ReadError("Tệp dùng kiểu nén không được hỗ trợ.", cure="Lưu lại bằng Word hoặc Excel rồi nhập lại.")
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    rest = bytes(packed)
    try:
        while rest and not stream.eof:
            yield stream.decompress(rest, _CHUNK)
            rest = stream.unconsumed_tail
        yield stream.flush(_CHUNK)
    except zlib.error as error:
        raise _damaged() from error


def _packed(data: bytes, entry: zipfile.ZipInfo) -> memoryview:
    header = data[entry.header_offset : entry.header_offset + _LOCAL_HEADER.size]
    if len(header) < _LOCAL_HEADER.size:
        raise _damaged()
    mark, name, extra = _LOCAL_HEADER.unpack(header)
    start = entry.header_offset + 30 + name + extra
    if mark != b"PK\x03\x04" or start + entry.compress_size > len(data):
        raise _damaged()
    return memoryview(data)[start : start + entry.compress_size]


def _damaged() -> ReadError:
    return ReadError("Tệp nén bên trong bị hỏng hoặc thiếu phần cuối.", cure="Tải hoặc sao chép lại tệp.")


def _check_xml(chunk: bytes, *, first: bool) -> None:
    if any(mark in chunk for mark in _FORBIDDEN_BYTES):
        raise ReadError("Tệp có khai báo thực thể XML (DOCTYPE) nên bị từ chối.", cure=_SUSPECT)
    if not first or not chunk:
        return
    start = chunk.removeprefix(b"\xef\xbb\xbf").lstrip()[:200]
    declared = _ENCODING.match(start)
    is_utf16 = start.startswith((b"\xff\xfe<\x00", b"\xfe\xff\x00<", b"<\x00", b"\x00<"))
    is_plain = start.startswith(b"<") and (declared is None or declared.group(1).lower() in _PLAIN_ENCODINGS)
    if start and not is_utf16 and not is_plain:
        raise ReadError("Tệp có phần XML dùng bảng mã lạ nên bị từ chối.", cure=_SUSPECT)
