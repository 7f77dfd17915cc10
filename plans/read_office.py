"""Files that other programs have to open first: LibreOffice for .doc, .rtf, .odt, .ods; OCR for scans.

Those programs run with the same care: a bare environment, bounded memory and time, a folder of their own
that is gone afterwards, macros switched off, no way to load anything from elsewhere.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from plans.bounded import memory_file
from plans.errors import ReadError
from plans.limits import MIB, Limits

SCAN = "scan"
_TARGETS = {"doc": "docx", "rtf": "docx", "odt": "docx", "ods": "xlsx"}
_INPUT_FILTERS = {"rtf": "Rich Text Format", "odt": "writer8", "ods": "calc8"}
_MEMORY = 3 * 1024 * MIB
"""Address space of LibreOffice, most of it libraries that it maps and never touches."""
_CONFINE = """
import os, resource, sys
seconds, memory, size = map(int, sys.argv[1:4])
for which, bound in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds + 1),
                     (resource.RLIMIT_FSIZE, size), (resource.RLIMIT_CORE, 0)):
    resource.setrlimit(which, (bound, bound))
os.execvp(sys.argv[4], sys.argv[4:])
"""
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop>
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/History">
<prop oor:name="PickListSize" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def convert(source: IO[bytes], kind: str, limits: Limits) -> tuple[IO[bytes], str]:
    """A file that a reader here can read, and the format that it had. Raises ReadError."""
    source.seek(0)
    with tempfile.TemporaryDirectory(prefix="dondoc-", dir=_memory_folder()) as folder:
        scan, _, numbers = kind.partition(":")
        if scan == SCAN:
            from plans.read_scan import recognise

            only = [int(number) for number in numbers.split(",") if number]
            return memory_file(recognise(source.read(), Path(folder), limits, only=only)), SCAN
        return memory_file(_through_office(source.read(), kind, Path(folder), limits)), kind


def _through_office(data: bytes, kind: str, folder: Path, limits: Limits) -> bytes:
    program = find("soffice", package="libreoffice-writer-nogui", why=f"đọc tệp .{kind}")
    original = folder / f"original.{kind}"
    original.write_bytes(data)
    profile = folder / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
    target = _TARGETS[kind]
    command = [program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore"]
    command += [
        "--nolockcheck",
        "--nodefault",
        "--convert-to",
        target,
        "--outdir",
        str(folder / "out"),
        str(original),
    ]
    if kind in _INPUT_FILTERS:
        command.insert(1, f"--infilter={_INPUT_FILTERS[kind]}")
    run_confined(command, folder, limits.office_seconds, _MEMORY, limits)
    made = folder / "out" / f"original.{target}"
    if not made.is_file():
        raise ReadError(
            f"LibreOffice không mở được tệp .{kind} này.", cure=f"Mở bằng Word, lưu thành .{target} rồi nhập lại."
        )
    return made.read_bytes()


def can_recognise() -> bool:
    """Whether the programs for scanned pages are installed."""
    return all(shutil.which(program) for program in ("pdftoppm", "tesseract"))


def find(program: str, *, package: str, why: str) -> str:
    """The program's path. Raises ReadError that names the Debian package which brings it."""
    path = shutil.which(program)
    if path is None:
        raise ReadError(
            f"Máy chưa có chương trình {program} để {why}.",
            cure=f"Cài bằng lệnh: sudo apt-get install {package} (hoặc lưu lại văn bản dưới dạng .docx).",
        )
    return path


def run_confined(command: Sequence[str], folder: Path, seconds: int, memory: int, limits: Limits) -> bytes:
    """What the program writes to its output; whether it did its work is for the caller to see."""
    bounds = [str(seconds), str(memory), str(8 * limits.inflated)]
    child = subprocess.Popen(  # noqa: S603  fixed programs, no shell
        [sys.executable, "-I", "-S", "-c", _CONFINE, *bounds, *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=_environment(folder),
        start_new_session=True,
    )
    try:
        return child.communicate(timeout=seconds)[0]
    except subprocess.TimeoutExpired:
        raise ReadError(
            f"Chuyển đổi tệp quá {seconds} giây nên đã dừng.", cure="Tách tệp hoặc lưu thành .docx rồi nhập lại."
        ) from None
    finally:
        _end_group(child)


def _end_group(child: subprocess.Popen[bytes]) -> None:
    """LibreOffice works in a process below the one that was started: its whole session goes."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, 9)
    child.wait()
    if child.stdout is not None:
        child.stdout.close()


def _environment(folder: Path) -> dict[str, str]:
    nowhere = "http://127.0.0.1:9"
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), nowhere)
    path = os.environ.get("PATH", "/usr/bin:/bin")
    own = {"PATH": path, "HOME": str(folder), "TMPDIR": str(folder), "LC_ALL": "C.UTF-8", "OMP_THREAD_LIMIT": "1"}
    return own | proxies


def _memory_folder() -> str | None:
    """A folder in memory where the system has one, so that not even a deleted file stays on a disk."""
    shared = Path("/dev/shm")  # noqa: S108  the folder made in it is private
    return str(shared) if shared.is_dir() and os.access(shared, os.W_OK) else None
