"""Scanned PDF files: pages to pictures, letters by tesseract, table lines from the picture itself.

The outcome goes back to the bounded reader as JSON. Letters that a machine guessed are never certain: the
document carries a warning.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import Any

from plans.bounded import memory_file, run
from plans.errors import ReadError
from plans.limits import MIB, Limits
from plans.read_office import find, run_confined
from plans.recognised import DPI, MARK

_MEMORY = 2 * 1024 * MIB
_PAGE_SECONDS = 120
_LARGEST = 60 * MIB


def recognise(data: bytes, folder: Path, limits: Limits, *, only: Sequence[int] = ()) -> bytes:
    """The words and lines of every page, or of `only` some; the file follows if the others hold text.

    Raises ReadError, naming what has to be installed.
    """
    to_pictures = find("pdftoppm", package="poppler-utils", why="đọc tệp PDF quét")
    tesseract = find("tesseract", package="tesseract-ocr tesseract-ocr-vie", why="nhận dạng chữ trong tệp PDF quét")
    _check_language(tesseract, folder, limits)
    (folder / "scan.pdf").write_bytes(data)
    ends = monotonic() + limits.scan_seconds
    pages: list[dict[str, Any]] = []
    for number in only or range(1, limits.pages + 1):
        if monotonic() > ends:
            raise ReadError(
                f"Nhận dạng chữ quá {limits.scan_seconds // 60} phút nên đã dừng ở trang {number}.",
                cure="Tách lấy phần phụ lục nhiệm vụ rồi nhập lại.",
            )
        picture = _picture(number, to_pictures, folder, limits)
        if picture is None:
            break
        pages.append({"number": number, **_recognised(picture, tesseract, folder, limits)})
    if not pages:
        raise ReadError("Không chuyển được tệp PDF quét thành ảnh.", cure="In lại thành PDF rồi nhập lại.")
    return MARK + json.dumps(pages).encode() + b"}" + (b"\n" + data if only else b"")


def _check_language(tesseract: str, folder: Path, limits: Limits) -> None:
    listed = run_confined([tesseract, "--list-langs"], folder, 20, _MEMORY, limits).decode("utf-8", "replace")
    if "vie" not in listed.split():
        raise ReadError(
            "tesseract chưa có dữ liệu tiếng Việt để đọc tệp PDF quét.",
            cure="Cài bằng lệnh: sudo apt-get install tesseract-ocr-vie.",
        )


def _picture(number: int, program: str, folder: Path, limits: Limits) -> Path | None:
    """One page as a grey picture; None after the last page."""
    page = folder / "page"
    made = page.with_suffix(".pgm")
    made.unlink(missing_ok=True)
    command = [program, "-r", str(DPI), "-gray", "-singlefile", "-f", str(number), "-l", str(number)]
    run_confined([*command, str(folder / "scan.pdf"), str(page)], folder, _PAGE_SECONDS, _MEMORY, limits)
    if not made.is_file():
        return None
    if made.stat().st_size > _LARGEST:
        raise ReadError(f"Trang {number} của tệp PDF quét quá lớn.", cure="Quét lại theo khổ A4 rồi nhập lại.")
    return made


def _recognised(picture: Path, tesseract: str, folder: Path, limits: Limits) -> dict[str, Any]:
    with memory_file(picture.read_bytes()) as held:
        drawn: dict[str, Any] = run("plans.scan_lines:lines", held, {}, limits)
    command = [tesseract, str(picture), "stdout", "-l", "vie", "--psm", "6", "--dpi", str(DPI), "tsv"]
    words = run_confined(command, folder, _PAGE_SECONDS, _MEMORY, limits)
    return {**drawn, "words": words.decode("utf-8", "replace")}
