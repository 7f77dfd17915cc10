"""An agency's link is a key: neither the desk's logs nor other sites learn of it."""

from __future__ import annotations

import http.server
import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from desk.commands.web import desk_server
from flows.steps.linking import token_for
from flows.steps.logs import set_up
from flows.steps.workplace import Workplace
from tests.desk_samples import Clock, add_user, opened
from tests.test_desk_web_apart import AGENCY
from tests.test_desk_web_browser import ARGUMENTS, CHROMIUM, free_port


@contextmanager
def served(place: Workplace) -> Iterator[str]:
    """The desk as `dondoc web` serves it; its address."""
    port = free_port()
    server = desk_server(place, host="127.0.0.1", port=port)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(60)


def test_no_log_has_an_agencys_link(
    environment: dict[str, str], tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    place = opened(environment)
    add_user(place, Clock(place), "admin1", "admin")
    token = token_for(place, AGENCY)
    set_up(place.settings.var, {})
    try:
        with served(place) as base, httpx.Client(base_url=base, headers={"origin": base}) as client:
            # What the server library logs is heard here, down to the least.
            caplog.set_level(logging.DEBUG)
            for path in (f"/a/{token}", f"/a/{token}/tasks", f"/a/{token}x", f"/a/{token}/nowhere", f"/x/{token}"):
                client.get(path)
            assert client.get(f"/a/{token}").status_code == 200
            client.post(f"/a/{token}/due/1/acknowledge", headers={"origin": "http://x.example"})
            client.get(f"/login?next=/a/{token}", headers={"upgrade": "websocket", "connection": "upgrade"})
            with socket.create_connection(("127.0.0.1", int(base.rpartition(":")[2])), timeout=60) as wire:
                wire.sendall(f"GET /a/{token} HTTP/1.1\r\nHost : x\r\n\r\n".encode())
                assert wire.recv(100).startswith(b"HTTP/1.1 400")
            with place.database.write() as connection:
                connection.execute(text("ALTER TABLE dues RENAME TO away"))
            assert client.get(f"/a/{token}").status_code == 503
    finally:
        set_up(place.settings.var, {"DONDOC_LOG": "off"})
    own = "".join(file.read_text(encoding="utf-8") for file in (place.settings.var / "log").glob("*"))
    heard = "".join(
        line for line in caplog.text.splitlines(keepends=True) if "httpx" not in line and "httpcore" not in line
    )
    heard += "".join(capfd.readouterr())
    assert "Invalid HTTP request" in heard, "the server library is heard"
    assert "no such table" in heard
    assert token not in heard + own


@pytest.mark.chromium
@pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium: apt-get install chromium")
def test_no_other_site_learns_of_it_from_the_browser(environment: dict[str, str]) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    place = opened(environment)
    add_user(place, Clock(place), "admin1", "admin")
    came: list[str | None] = []

    class Other(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/there":
                came.append(self.headers["referer"])
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    other = http.server.HTTPServer(("127.0.0.1", 0), Other)
    threading.Thread(target=other.serve_forever, daemon=True).start()
    there = f"http://127.0.0.1:{other.server_port}/there"
    with served(place) as base, playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        page = chromium.new_page()
        for rel in ("", "noopener"):
            page.goto(f"{base}/a/{token_for(place, AGENCY)}")
            page.evaluate(
                "([there, rel]) => { const link = document.createElement('a');"
                " link.id = 'x'; link.rel = rel; link.href = there; link.text = 'x'; document.body.prepend(link) }",
                [there, rel],
            )
            page.click("#x")
            page.wait_for_url(there)
        chromium.close()
    other.shutdown()
    assert came == [None, None]
