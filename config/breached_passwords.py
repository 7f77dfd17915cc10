"""A file of passwords that leaked, as the known collections give it out: the SHA-1 of a password in hexadecimal,
a colon and how often it was met, a line each, sorted by the digest. It has tens of gigabytes, so it is never read
as a whole: a password is looked for by halving, a look at the file by probing.
"""

from __future__ import annotations

import hashlib
import re
from itertools import pairwise
from math import sqrt
from pathlib import Path
from typing import BinaryIO

from config.errors import ConfigError

LONGEST = 120
"""Bytes of a line at most, and more than any has."""

NEAR = 8192
"""Bytes that are read line by line, instead of halving on."""

PROBES = 500
"""Places where a look reads what is near."""

_LINE = re.compile(rb"([0-9A-Fa-f]{40})(?::\d+)?\r?\n?")
_KIND = "mỗi dòng là mã SHA-1 của một mật khẩu (40 chữ số hệ 16), dấu hai chấm và số lần gặp, xếp theo mã tăng dần"


def is_breached(file: Path, password: str) -> bool:
    """Whether a password stands in the file. Raises ConfigError where the file cannot be read or is not sorted."""
    digest = hashlib.sha1(password.encode("utf-8", "surrogatepass"), usedforsecurity=False)
    wanted = digest.hexdigest().upper().encode()
    try:
        with file.open("rb") as held:
            return wanted in _neighbours(file, held, wanted)
    except OSError as error:
        raise _unreadable(file, error) from error


def look(file: Path) -> int:
    """About how many passwords the file has. Raises ConfigError where it cannot be read, is of another kind, is not
    sorted or lacks a part, as far as some thousands of its lines show that."""
    try:
        with file.open("rb") as held:
            return _probed(file, held)
    except OSError as error:
        raise _unreadable(file, error) from error


def _neighbours(file: Path, held: BinaryIO, wanted: bytes) -> list[bytes]:
    """The digests around the place where `wanted` has to be if it is there at all."""
    below, above = 0, held.seek(0, 2)
    least, most = b"0" * 40, b"F" * 40
    while above - below > NEAR:
        at, digests = _lines(file, held, (below + above) // 2, 1)
        if not digests or not least <= digests[0] <= most:
            raise _wrong(file, at, "mã không xếp theo thứ tự")
        if digests[0] <= wanted:
            below, least = at, digests[0]
        else:
            above, most = at, digests[0]
    _, digests = _lines(file, held, below, above - below)
    return digests


def _probed(file: Path, held: BinaryIO) -> int:
    size = held.seek(0, 2)
    _, first = _lines(file, held, 0, NEAR)
    if not first:
        raise _wrong(file, 0, "tệp trống")
    number = max(len(first), size * len(first) // min(size, NEAR))
    # Digests are spread evenly: where one stands tells what it begins with, unless a part of the file is missing.
    leeway = 0.01 + 3 / sqrt(number)
    seen = first[:1]
    for probe in range(PROBES + 1):
        at, digests = _lines(file, held, max(0, size * probe // PROBES - NEAR), NEAR)
        if digests and digests[0] < seen[-1] and digests[-1] < seen[-1]:
            raise _wrong(file, at, "mã không xếp theo thứ tự")
        seen = digests or seen
        if seen and abs(int(seen[0][:8], 16) / 16**8 - at / size) > leeway + NEAR / size:
            raise _wrong(file, at, "tệp thiếu một phần, hoặc không xếp theo thứ tự")
    return number


def _lines(file: Path, held: BinaryIO, at: int, length: int) -> tuple[int, list[bytes]]:
    """Where the first whole line at or behind `at` begins, and the digests of the lines in `length` bytes on."""
    held.seek(max(0, at - 1))
    if at and held.read(1) != b"\n":
        held.readline(LONGEST)
    start = here = held.tell()
    found: list[bytes] = []
    while here < start + length and (line := held.readline(LONGEST)):
        match = _LINE.fullmatch(line)
        if match is None:
            raise _wrong(file, here, "dòng không đúng dạng")
        found.append(match[1].upper())
        here += len(line)
    if any(one > other for one, other in pairwise(found)):
        raise _wrong(file, start, "mã không xếp theo thứ tự")
    return start, found


def _unreadable(file: Path, error: OSError) -> ConfigError:
    return ConfigError(
        file=file, field="", value="", allowed=f"một tệp đọc được ({error.strerror}), nêu ở desk.breached_passwords"
    )


def _wrong(file: Path, at: int, what: str) -> ConfigError:
    return ConfigError(file=file, field="", value="", allowed=f"{_KIND} (byte {at}: {what})")
