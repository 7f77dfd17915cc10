"""Hostile values in every field of every form, as the pages have them, and in every field of the interface.

DONDOC_HOSTILE=all puts every value into every field; otherwise each field gets the worst one and another in turn.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import zipfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import icalendar
import openpyxl
import pytest
from lxml import html
from sqlalchemy import delete, update
from starlette.testclient import TestClient

from desk.web.stage_words import step
from desk.web.users import SCOPES
from flows.steps.workplace import Workplace
from store import people
from store.people import Lifetime
from store.schema import assignments, tasks, throttles
from tests.conftest import SAMPLES
from tests.desk_crowded import crowd
from tests.desk_samples import browser, opened
from tests.test_desk_web_apart import ACCESS, AGENCY

LISTED = json.loads((Path(__file__).parent / "vendor" / "blns" / "strings.json").read_text(encoding="ascii"))
ALL = os.environ.get("DONDOC_HOSTILE") == "all"

MARKUP = "\"'><xss-probe onprobe=1>{{1300*7+7}}{% raw %}${9*9}<!--"
LINES = "a\r\nX-Probe: 1\r\n\r\nBEGIN:VEVENT\nATTACH:http://evil.example\u2028\u2029\x85z"
INVISIBLE = "\x00\x1b[31m\u202eabc\u2066\u200b\u200d\ufeff\x7f"
LONG = "=" + "Dài " * 2500
FORMULA = '=HYPERLINK("http://evil.example";"x")'
SURROGATE = b"a\xed\xa0\x80b\xff"
"""Half of a pair, as bytes that are no UTF-8."""
WORST = MARKUP + LINES + INVISIBLE
TURNS: tuple[str | bytes, ...] = (LONG, SURROGATE, *LISTED)
VALUES: tuple[str | bytes, ...] = (MARKUP, LINES, INVISIBLE, FORMULA, LONG, SURROGATE, *LISTED)

SOME = VALUES if ALL else (WORST, FORMULA, LONG, SURROGATE, *LISTED[::20])

CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Form:
    action: str
    method: str
    fields: tuple[tuple[str, str], ...] = field(default=())
    files: tuple[str, ...] = ()

    @property
    def kind(self) -> tuple[str, str, tuple[str, ...]]:
        """Forms that differ only in numbers and keys are one."""
        plain = re.sub(r"/(\d+|[\w.-]{24,})(?=/|$)", "/*", self.action.partition("?")[0])
        return self.method, plain, tuple(sorted({name for name, _ in self.fields} | set(self.files)))


def forms_of(page: str, address: str) -> list[Form]:
    found = []
    for form in html.fromstring(page.encode()).iter("form"):
        fields, files = [], []
        for control in form.iter("input", "select", "textarea", "button"):
            name = control.get("name")
            if not name:
                continue
            if control.get("type") == "file":
                files.append(name)
            elif control.get("type") not in {"checkbox", "radio"} or control.get("checked") is not None:
                value = control.value if control.tag in {"select", "textarea"} else control.get("value")
                fields.append((name, value if isinstance(value, str) else ""))
        action = form.get("action") or address
        found.append(Form(action, form.get("method", "get").lower(), tuple(fields), tuple(files)))
    return found


def encoded(fields: list[tuple[str, str | bytes]]) -> bytes:
    return "&".join(
        f"{quote_plus(name)}={quote_plus(value if isinstance(value, bytes) else value.encode('utf-8', 'replace'))}"
        for name, value in fields
    ).encode()


class Site:
    def __init__(self, folder: Path) -> None:
        self.place: Workplace = opened({"DONDOC_VAR": str(folder / "var")})
        self.clock, self.crowd = crowd(self.place, AGENCY)
        self.client = browser(self.place, self.clock)

    def enter(self) -> TestClient:
        """A session of the admin that no earlier form has ended, and no throttle."""
        with self.place.database.write() as connection:
            connection.execute(delete(throttles))
            user = people.find(connection, self.place.province, "admin1")
            assert user is not None
            people.change(
                connection, self.place.province, user, action="change", now=self.clock(), actor="test",
                role="admin", active=True, must_change=False,
            )  # fmt: skip
            hour = timedelta(hours=1)
            secret = people.open_session(
                connection, self.place.province, user.id, complete=True, now=self.clock(),
                lifetime=Lifetime(idle=hour, absolute=hour),
            )  # fmt: skip
        self.client.cookies.clear()
        self.client.cookies.set("dondoc", secret)
        return self.client

    def pages(self) -> list[str]:
        return [
            path + "?year=2026" * ("calendar/edit" in path)
            for method, pattern, who in ACCESS
            if method == "GET" and "…" not in pattern and "/api/" not in pattern and "oidc" not in pattern
            for path in self.crowd.paths(pattern)
        ]

    def forms(self) -> list[Form]:
        found: dict[Any, Form] = {}
        client = self.enter()
        for path in self.pages():
            answer = client.get(path)
            if answer.headers.get("content-type", "").startswith("text/html") and answer.status_code == 200:
                for form in forms_of(answer.text, path):
                    found.setdefault(form.kind, form)
        client.cookies.clear()
        for form in forms_of(client.get("/login").text, "/login"):
            found.setdefault(form.kind, form)
        return list(found.values())

    def send(self, form: Form, name: str, value: str | bytes) -> Any:
        fields: list[tuple[str, str | bytes]] = [
            (other, value if other == name else kept) for other, kept in form.fields
        ]
        if form.method == "get":
            return self.client.get(f"{form.action.partition('?')[0]}?{encoded(fields).decode()}")
        if form.files:
            plain = {
                other: kept if isinstance(kept, bytes) else kept.encode("utf-8", "replace")
                for other, kept in fields
            }
            content = value if isinstance(value, bytes) else value.encode("utf-8", "replace")
            files = {one: (f"{MARKUP}.txt" if one == name else "a.txt", content) for one in form.files}
            return self.client.post(form.action, data=plain, files=files)
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return self.client.post(form.action, content=encoded(fields), headers=headers)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(tmp_path_factory.mktemp("hostile"))


def harmless(answer: Any, told: object) -> None:
    """Nothing of a value has become markup, a header, a computed template or a control character."""
    assert answer.status_code < 500, (told, answer.status_code, answer.text[:300])
    assert "x-probe" not in answer.headers, told
    assert "\n" not in answer.headers.get("location", ""), told
    if not answer.headers.get("content-type", "").startswith("text/html"):
        return
    page = answer.content.decode("utf-8")
    assert not CONTROLS.search(page), told
    assert "9107" not in page, told
    document = html.fromstring(page.encode())
    assert document.xpath("//xss-probe | //*[@onprobe] | //*[@onerror] | //script[not(@src)]") == [], told
    for link in document.xpath("//@href | //@src | //@action"):
        assert not re.match(r"\s*(javascript|vbscript|data):", link, re.IGNORECASE), (told, link)


def test_every_form_of_every_page_takes_hostile_values(site: Site) -> None:
    forms = site.forms()
    assert len(forms) > 40
    tried, turn = 0, 0
    for form in forms:
        for name in dict.fromkeys([*(name for name, _ in form.fields), *form.files]):
            site.enter()
            turn += 1
            for value in VALUES if ALL else (WORST, TURNS[turn % len(TURNS)]):
                tried += 1
                harmless(site.send(form, name, value), (form.action, name, value))
    assert tried > 250
    client = site.enter()
    for path in site.pages():
        harmless(client.get(path), path)


def test_pages_with_hostile_values_are_valid(site: Site, tmp_path: Path) -> None:
    if shutil.which("tidy") is None:
        pytest.skip("no tidy: apt-get install tidy")
    client, files = site.enter(), []
    with site.place.database.write() as connection:
        connection.execute(update(tasks).values(title=MARKUP + LINES, product=INVISIBLE + MARKUP, lead_text=LONG))
    for path in site.pages():
        answer = client.get(path)
        if answer.headers.get("content-type", "").startswith("text/html") and answer.status_code == 200:
            harmless(answer, path)
            files.append(tmp_path / f"{len(files)}.html")
            files[-1].write_bytes(answer.content)
    assert len(files) > 30
    checked = subprocess.run(
        ["tidy", "-q", "-e", "--show-warnings", "no", *map(str, files)], capture_output=True, text=True
    )
    assert checked.stderr.strip() == ""


@pytest.mark.parametrize("value", [MARKUP, LINES, INVISIBLE, FORMULA, "\t=1", "+1", "@x", LONG])
def test_nothing_is_injected_into_files(site: Site, value: str) -> None:
    client = site.enter()
    value = value.encode("utf-8", "replace").decode().replace("\x00", "") or "x"
    with site.place.database.write() as connection:
        connection.execute(update(tasks).values(title=value, lead_text=value, product=value))
    rows = list(csv.reader(io.StringIO(client.get("/export/tasks.csv").content.decode("utf-8-sig"), newline="")))
    assert len({len(row) for row in rows}) == 1
    assert len(rows) > 30
    assert not any(cell[:1] in tuple("=+-@\t\r") and cell for row in rows for cell in row)
    content = client.get("/export/tasks.xlsx").content
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        sheets = b"".join(packed.read(name) for name in packed.namelist() if "sheets/" in name)
    assert b"<f>" not in sheets
    assert b"hyperlink" not in sheets
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    assert sheet.max_row == len(rows)
    for text in (
        client.get("/export/tasks.ics").content.decode(),
        client.get(f"/calendar/{site.crowd.feed}.ics").content.decode(),
    ):
        calendar = icalendar.Calendar.from_ical(text)
        assert not any("X-PROBE" in part or "ATTACH" in part for part in calendar.walk())
        assert all(re.match(r"[A-Z-]+[;:]| |$", line) for line in text.split("\r\n"))
        assert len(re.findall(r"^BEGIN:VEVENT\r$", text, re.MULTILINE)) == len(calendar.walk("VEVENT"))


def test_the_interface_takes_hostile_values(site: Site) -> None:
    client = browser(site.place, site.clock)
    with site.place.database.write() as connection:
        secret = people.make_token(
            connection, site.place.province, kind="api", name=MARKUP, scopes=SCOPES, now=site.clock(), actor="test"
        )
    headers = {"authorization": f"Bearer {secret}", "content-type": "application/json"}
    good: dict[str, dict[str, Any]] = {
        "/api/v1/events": {
            "issuer": "Bộ Y tế", "instrument": "Thông tư", "number": "1/TT", "on": "2026-05-01", "subject": "x",
        },
        f"/api/v1/tasks/{site.crowd.numbers['task'][-1]}/done": {
            "on": "2026-05-01", "document": "1/BC", "due": "t0:once",
        },
    }  # fmt: skip
    odd: tuple[Any, ...] = ("\ud800", None, True, 1e308, -1, [], {}, ["x"], {"$ne": 1}, 10**30)
    for path, body in good.items():
        for name in body:
            for value in (*odd, *(one for one in SOME if isinstance(one, str))):
                site.clock.move(seconds=1)
                told = client.post(path, content=json.dumps(body | {name: value}), headers=headers)
                assert told.status_code < 500, (path, name, value)
                json.loads(told.content.decode("utf-8"))
        for content in (b"", b"{", b"\xff", b"[" * 100_000, b'{"on": NaN}', b'{"on":"2026-05-01"' + b" " * 1000):
            told = client.post(path, content=content, headers=headers)
            assert told.status_code in {400, 422}, (path, content[:20], told.status_code)
    for value in SOME:
        site.clock.move(seconds=3)
        for path, name in (("/tasks", "q"), ("/tasks", "agency"), ("/tasks", "limit"), ("/deliveries", "state")):
            query = encoded([(name, value)]).decode()
            told = client.get(f"/api/v1{path}?{query}", headers=headers)
            assert told.status_code in {200, 422}, (path, name, value)
            json.loads(told.content.decode("utf-8"))


def test_every_lead_is_escaped_in_the_agencys_letter(site: Site) -> None:
    with site.place.database.write() as connection:
        connection.execute(update(tasks).values(title=MARKUP + INVISIBLE.replace("\x00", ""), product="x"))
        assert connection.execute(assignments.select()).first() is not None
    answer = site.client.get(f"/a/{site.crowd.link}/tasks.docx")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        document = packed.read("word/document.xml")
    from lxml import etree

    assert b"<xss-probe" not in document
    assert etree.fromstring(document) is not None


@pytest.mark.parametrize("digits", ["⁰⁴⁵", "₀₁₂", "٣", "①", "-²", "--5", "", "9" * 5000])
def test_digits_of_other_kinds_are_no_numbers(digits: str) -> None:
    row = dict.fromkeys(("repeat_every", "repeat_on", "repeat_limit", "after_reminders", "working"), "")
    assert step(row | {"days": digits}) == (f"“{digits}”",)


def test_what_was_handed_in_is_handed_out_to_nobody(site: Site) -> None:
    client = site.enter()
    data = (SAMPLES / "ke-hoach-12-chuyen-doi-so.txt").read_bytes() + b"\nDANH DAU CUA TEP NAY 7f3a\n"
    sent = client.post("/plans/upload", files={"file": ("dau.txt", data)})
    upload = sent.headers["location"].rsplit("/", 1)[-1]
    kept = site.place.settings.var / "uploads" / upload
    assert kept.read_bytes() == data
    assert kept.stat().st_mode & 0o111 == 0
    for path in (
        *site.pages(),
        f"/plans/review/{upload}",
        f"/uploads/{upload}",
        f"/static/%2e%2e/uploads/{upload}",
    ):
        content = client.get(path).content
        assert data not in content, path
        assert data[:200] not in content, path
    assert client.post(f"/plans/review/{upload}").status_code == 303
    held = [file for file in site.place.settings.var.rglob("*") if file.is_file() and data in file.read_bytes()]
    assert held == [], "nor is it kept once it was read"
