"""Work on a stranger's bytes in a child process that cannot outlive or outgrow its limits.

The bytes go in as an open file and the answer comes back as JSON in memory, so nothing of a document is
left on a disk. The child is a bare interpreter: no environment, no site hooks, no core dump. It confines
itself before it imports a parser or sees a byte. What it answers is checked against the contract's types
(`plans.wire`); its error texts never carry words of the document, save those of a `ReadError`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from plans.errors import Classified, ReadError
from plans.limits import MIB, Limits

_BOOT = """
import json, sys
job = json.loads(sys.argv[1])
sys.path[:] = job["path"]
from plans.confined import serve
serve(job)
"""
_ERRORS: dict[str, type[ReadError]] = {"ReadError": ReadError, "Classified": Classified}


def run(work: str, source: IO[bytes], options: dict[str, str], limits: Limits) -> Any:
    """Call the function that `work` names ("module:function") in a child; its answer as JSON-able data.

    The function takes the bytes, the options and the limits. Raises ReadError, without the file's name.
    """
    path = [str(Path(__file__).resolve().parent.parent), *filter(None, sys.path)]
    job = {"path": path, "work": work, "options": options, "limits": asdict(limits)}
    with _memory_file() as answer:
        code = _wait(job, source, answer, limits)
        answer.seek(0)
        return _open(answer.read(limits.answer_size + 1), code, limits)


def _wait(job: dict[str, Any], source: IO[bytes], answer: IO[bytes], limits: Limits) -> int:
    source.seek(0)
    child = subprocess.Popen(  # noqa: S603  our own interpreter, no shell
        [sys.executable, "-I", "-S", "-X", "utf8", "-c", _BOOT, json.dumps(job)],
        stdin=source,
        stdout=answer,
        stderr=None if os.environ.get("DONDOC_READER_STDERR") else subprocess.DEVNULL,
        env={"LC_ALL": "C.UTF-8"},
        start_new_session=True,
    )
    try:
        return child.wait(timeout=limits.seconds)
    except subprocess.TimeoutExpired:
        raise ReadError(
            f"Đọc tệp quá {limits.seconds} giây nên đã dừng.",
            cure="Tách tệp thành các phần nhỏ hơn, hoặc lưu lại dưới dạng .docx rồi nhập lại.",
        ) from None
    finally:
        child.kill()
        child.wait()


def _open(raw: bytes, code: int, limits: Limits) -> Any:
    try:
        answer = json.loads(raw) if code == 0 and len(raw) <= limits.answer_size else None
    except (ValueError, RecursionError):
        answer = None
    match answer:
        case {"done": result}:
            return result
        case {"error": str(kind), "reason": str(reason), "cure": str(cure)} if kind in _ERRORS:
            raise _ERRORS[kind](reason, cure=cure)
        case {"memory": True}:
            raise _too_large(limits)
        case {"crash": str(where)}:
            raise ReadError(f"Không đọc được nội dung tệp: tệp hỏng hoặc sai cấu trúc ({where}).", cure=_RESAVE)
    raise (
        _too_large(limits)
        if len(raw) > limits.answer_size or code in _OUT_OF_BOUNDS
        else ReadError(f"Không đọc được nội dung tệp: chương trình đọc dừng đột ngột (mã {code}).", cure=_RESAVE)
    )


_RESAVE = "Mở tệp bằng Word, Excel hoặc LibreOffice, lưu lại rồi nhập lại."
_OUT_OF_BOUNDS = (-6, -9, -24, -25, 137, 152, 153)
"""SIGABRT (Rust gives up so when memory ends), SIGKILL, SIGXCPU, SIGXFSZ, and the same seen by a shell."""


def _too_large(limits: Limits) -> ReadError:
    return ReadError(
        f"Tệp quá lớn khi mở ra: cần hơn {limits.memory // MIB} MB bộ nhớ để đọc.",
        cure="Bỏ phần không thuộc kế hoạch hoặc tách tệp thành các phần nhỏ hơn.",
    )


def _memory_file() -> IO[bytes]:
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("dondoc"), "w+b")
    return tempfile.TemporaryFile()


def memory_file(data: bytes) -> IO[bytes]:
    """An open file with these bytes that has no name on any disk."""
    held = _memory_file()
    held.write(data)
    held.flush()
    return held
