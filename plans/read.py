"""From a file of any format to a plan. Nothing that a stranger made is parsed in this process."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from plans.bounded import memory_file, run
from plans.document import Document
from plans.errors import ReadError
from plans.limits import MIB, Limits
from plans.types import Plan
from plans.wire import Malformed, from_wire

__all__ = ["Limits", "read", "read_bytes", "read_document"]


def read(path: Path, *, limits: Limits = Limits()) -> Plan:  # noqa: B008  frozen
    """The plan in a file. Raises ReadError (or Classified) with a message for the person who chose it."""
    with _opened(path, limits) as source:
        return _plan(source, path.name, limits)


def read_bytes(data: bytes, name: str, *, limits: Limits = Limits()) -> Plan:  # noqa: B008
    """As `read`, for a file that never was on this disk, such as an attachment or an upload."""
    _check_size(len(data), name, limits)
    with memory_file(data) as source:
        return _plan(source, name, limits)


def read_document(path: Path, *, limits: Limits = Limits()) -> Document:  # noqa: B008
    """What a file holds, before anything is extracted from it."""
    with _opened(path, limits) as source:
        return from_wire(Document, _perform(source, path.name, "document", limits))


def _plan(source: IO[bytes], name: str, limits: Limits) -> Plan:
    try:
        return replace(from_wire(Plan, _perform(source, name, "plan", limits)), file=name)
    except Malformed as error:
        raise ReadError("Kết quả đọc tệp không hợp lệ.", file=name) from error


def _perform(source: IO[bytes], name: str, want: str, limits: Limits) -> Any:
    try:
        answer = run("plans.parse:parse", source, {"want": want, "file": name}, limits)
        if set(answer) != {"needs"}:
            return answer
        from plans.read_office import can_recognise, convert

        needed = str(answer["needs"])
        if needed.startswith("scan:") and not can_recognise():
            return run("plans.parse:parse", source, {"want": want, "file": name, "skip_scans": "1"}, limits)
        converted, actual = convert(source, needed, limits)
        with converted:
            options = {"want": want, "file": name, "format": actual}
            return run("plans.parse:parse", converted, options, limits)
    except ReadError as error:
        raise error.about(name) from error


def _opened(path: Path, limits: Limits) -> IO[bytes]:
    try:
        source = path.open("rb")
    except OSError as error:
        raise ReadError(f"Không mở được tệp ({error.strerror}).", file=path.name) from error
    about = os.fstat(source.fileno())
    try:
        if not stat.S_ISREG(about.st_mode):
            raise ReadError("Đây không phải là tệp thường.", file=path.name)
        _check_size(about.st_size, path.name, limits)
    except ReadError:
        source.close()
        raise
    return source


def _check_size(size: int, name: str, limits: Limits) -> None:
    if size > limits.file_size:
        raise ReadError(
            f"Tệp nặng {size / MIB:.0f} MB, quá giới hạn {limits.file_size // MIB} MB.",
            file=name,
            cure="Tách tệp hoặc bỏ bớt hình ảnh rồi nhập lại.",
        )
