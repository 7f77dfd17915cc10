"""Every page, every mail and the style sheet are valid for the Nu HTML checker of the W3C and the WHATWG."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from desk.web.app import STATIC
from flows.steps.workplace import Workplace
from tests.desk_gallery import walk
from tests.desk_samples import Clock

JAR = Path(os.environ.get("VNU_JAR") or Path.home() / ".cache" / "dondoc" / "vnu.jar")

FOR_OUTLOOK = "“mso-hide”"
"""Outlook's own property: without it the line that only a phone shows stands in every mail."""

MISTAKES = {
    "a.html": '<!doctype html><html lang="vi"><title>a</title><p><div id="x"></div><b id="x"></b></p>',
    "a.css": "a { colr: red }",
    "a.svg": '<svg xmlns="http://www.w3.org/2000/svg"><rectangle/></svg>',
}


def said_of(folder: Path) -> list[str]:
    """What the checker calls an error in the files of a folder."""
    java = shutil.which("java")
    if java is None or not JAR.exists():
        pytest.skip("no vnu: apt-get install default-jre-headless, and VNU_JAR from the npm package vnu-jar")
    words = [java, "-Xmx512m", "-jar", str(JAR), "--also-check-css", "--also-check-svg", "--errors-only"]
    words += ["--format", "json", "--exit-zero-always", "--stdout", str(folder)]
    told = subprocess.run(words, capture_output=True, text=True, check=True)
    return [
        f"{Path(one['url']).name}:{one.get('lastLine', '')} {one['message']} {one.get('extract', '')!r}"
        for one in json.loads(told.stdout)["messages"]
        if FOR_OUTLOOK not in one["message"]
    ]


def test_the_checker_finds_mistakes(tmp_path: Path) -> None:
    for name, text in MISTAKES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = "\n".join(said_of(tmp_path))
    assert all(name in found for name in MISTAKES), found


def test_every_page_mail_and_style_is_valid(place: Workplace, tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    seen: set[str] = set()
    for name, text in walk(place, Clock(place), "vi"):
        if text not in seen:
            (folder / f"{name.replace('/', '_').replace('?', '_')}.html").write_text(text, encoding="utf-8")
        seen.add(text)
    mails = sorted((place.settings.var / "outbox").glob("*.eml"))
    assert mails
    for path in mails:
        body = message_from_bytes(path.read_bytes(), policy=policy.default).get_body(("html",))
        if body is not None:
            (folder / f"{path.stem}.html").write_text(body.get_content(), encoding="utf-8")
    for path in (STATIC / "desk.css", STATIC / "icon.svg"):
        shutil.copy(path, folder)
    assert said_of(folder) == []
