"""The whole way in a real browser, with JavaScript and without: from the first admin to a confirmed report."""

from __future__ import annotations

import itertools
import os
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.routing import compile_path

from desk.web.app import build
from desk.web.framing import StrictProtocol
from desk.web.routes import ROUTES
from desk.web.words import action
from flows.steps.workplace import Workplace, open_workplace
from tests.conftest import SAMPLES, Cli
from tests.desk_gallery import prepared
from tests.desk_samples import DAY, PASSWORD, Clock, add_user, morning, with_samples
from tests.smtp_sink import Mailbox, Sink

CHROMIUM = Path("/usr/bin/chromium")
AXE = Path(__file__).parent / "vendor" / "axe" / "axe.min.js"
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
UNREADABLE = "khi hoa phượng nở rộ lần thứ nhì"
STRANGE = "Trạm Quan trắc Sao Mai"
TITLE = "Kiểm tra thực tế việc sử dụng phần mềm dùng chung tại cơ sở"

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium: apt-get install chromium"),
]


class Served:
    """The desk on a port of its own."""

    def __init__(self, place: Workplace, clock: Clock) -> None:
        self.server = uvicorn.Server(
            uvicorn.Config(
                build(place, clock),
                host="127.0.0.1",
                port=place.settings.desk.port,
                http=StrictProtocol,
                ws="none",
                log_level="error",
            )
        )
        self.thread = threading.Thread(target=self.server.run, daemon=True)

    def __enter__(self) -> Served:
        self.thread.start()
        while not self.server.started:
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        self.server.should_exit = True
        self.thread.join(20)


def free_port() -> int:
    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def at_desk(environment: dict[str, str]) -> Iterator[tuple[Workplace, Clock, Mailbox, dict[str, str]]]:
    port = free_port()
    with Sink() as sink:
        given = environment | {
            "DONDOC_SMTP_URL": sink.url,
            "DONDOC_PORT": str(port),
            "DONDOC_BASE_URL": f"http://127.0.0.1:{port}",
        }
        place = open_workplace(given)
        place.ready()
        clock = Clock(place)
        with Served(place, clock):
            yield place, clock, sink.mailbox, given


@pytest.fixture(params=[True, False], ids=["javascript", "no-javascript"])
def page(request: pytest.FixtureRequest) -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        context = chromium.new_context(java_script_enabled=request.param, locale="vi-VN")
        opened = context.new_page()
        faults: list[str] = []
        opened.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        opened.on("pageerror", lambda error: faults.append(str(error)))
        yield opened
        chromium.close()
        assert [one for one in faults if "503" not in one] == []


def a_plan(folder: Path) -> Path:
    """The sample plan with one deadline that nobody can read and one agency that nobody knows."""
    text = (SAMPLES / "ke-hoach-12-chuyen-doi-so.txt").read_text(encoding="utf-8")
    start = text.index(TITLE)
    head, tail = text[:start], text[start:]
    cells = tail.split("|\n", 6)
    cells[1] = f"{STRANGE} "
    cells[4] = f"{UNREADABLE} "
    path = folder / "ke-hoach-thu.txt"
    path.write_text(head + "|\n".join(cells), encoding="utf-8")
    return path


def test_from_the_first_admin_to_a_confirmed_report(
    at_desk: tuple[Workplace, Clock, Mailbox, dict[str, str]], page: Any, tmp_path: Path
) -> None:
    place, clock, mailbox, environment = at_desk
    base = place.settings.desk.base_url
    page.goto(base)
    assert "Chưa có quản trị viên" in page.content()
    made = Cli(environment, tmp_path)("user", "add", "--role", "admin", "lan", DONDOC_PASSWORD=PASSWORD)
    assert made.returncode == 0, made.stderr

    page.goto(base)
    page.get_by_label("Tên đăng nhập").fill("lan")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    assert "Hôm nay" in page.title()
    assert "chưa chạy lần nào" in page.content()

    task = imports_and_corrects(page, base, tmp_path)
    records_an_event(page, base)

    page.goto(f"{base}/policies")
    assert "Sẽ nhắc trong 30 ngày tới" in page.content()
    assert TITLE in page.content()
    morning(place, clock)
    page.goto(base)
    assert "chưa chạy lần nào" not in page.content()

    link = next(
        link
        for address, message in mailbox.messages
        if "so-tai-chinh" in address
        for link in links(base, message)
        if "/due/" not in link
    )
    agency_answers(page, link)
    operator_confirms(page, base, task)


def imports_and_corrects(page: Any, base: str, folder: Path) -> str:
    page.goto(f"{base}/plans")
    page.get_by_label("Tệp kế hoạch").set_input_files(a_plan(folder))
    page.get_by_role("button", name="Đọc tệp").click()
    shown = page.content()
    assert UNREADABLE in shown
    assert STRANGE in shown
    page.get_by_label(f"“{STRANGE}”").select_option(label="Sở Tài chính")
    doubt = page.locator("article", has_text=UNREADABLE)
    doubt.get_by_label("Ngày hạn").fill("2026-06-08")
    page.get_by_role("button", name="Nhập vào hệ thống").click()
    assert "Đã nhập kế hoạch" in page.content()
    page.get_by_role("link", name=TITLE).click()
    shown = page.content()
    assert "08/06/2026" in shown
    assert "do người phụ trách đặt" in shown
    assert "Sở Tài chính" in shown
    return str(page.url).partition("?")[0]


def records_an_event(page: Any, base: str) -> None:
    page.goto(f"{base}/events")
    before = int(re.sub(r"\D", "", page.locator("details .count").first.inner_text()))
    assert before > 0
    page.get_by_label("Cơ quan ban hành").fill("Chính phủ")
    page.get_by_label("Loại văn bản").fill("Nghị định")
    page.get_by_label("Ngày ban hành").fill("2026-05-20")
    page.get_by_label("Trích yếu").fill("Quy định về chuyển đổi số tại cấp xã")
    page.get_by_role("button", name="Xem nhiệm vụ chờ văn bản này").click()
    boxes = page.locator('section.card input[name="term"]')
    if boxes.count() == 0:
        page.locator("details summary").click()
        boxes = page.locator('input[name="term"]')
    boxes.first.check()
    page.get_by_role("button", name="Ghi nhận và tính hạn").click()
    assert "Đã ghi nhận văn bản" in page.content()
    assert "1 nhiệm vụ" in page.locator("table").inner_text()


def links(base: str, message: Any) -> list[str]:
    return re.findall(rf"{re.escape(base)}\S+", message.get_body(("plain",)).get_content())


def agency_answers(page: Any, link: str) -> None:
    page.context.clear_cookies()
    page.goto(link)
    page.get_by_role("link", name=TITLE).click()
    page.get_by_role("button", name="Xác nhận đã nhận").click()
    assert "Đã ghi nhận: cơ quan xác nhận" in page.content()
    page.get_by_label("Số, ký hiệu văn bản báo cáo").fill("21/BC-STC")
    page.get_by_label("Ngày hoàn thành").fill(DAY.isoformat())
    page.get_by_role("button", name="Báo cáo hoàn thành").click()
    assert "chờ văn phòng xác nhận" in page.content()


def operator_confirms(page: Any, base: str, task: str) -> None:
    log_in(page, base)
    page.goto(f"{base}/answers")
    assert "21/BC-STC" in page.content()
    page.get_by_role("button", name="Xác nhận hoàn thành").click()
    assert "Đã xác nhận." in page.content()
    page.goto(task)
    assert "Đúng hạn" in page.locator(".mark").first.inner_text()
    page.goto(f"{base}/audit?verify=1")
    shown = page.content()
    assert "không mục nào bị sửa" in shown
    for name in ("plan.import", "name.learn", "deadline.correct", "event.add", "answer.done", "task.done"):
        assert action(name) in shown, name


@pytest.mark.slow
def test_axe_finds_nothing_serious_on_any_page(
    at_desk: tuple[Workplace, Clock, Mailbox, dict[str, str]], tmp_path: Path
) -> None:
    """Wide and narrow, light and dark in turn; DONDOC_EVERY_LOOK=1 takes each page in all four."""
    pages = importorskip_pages()
    place, clock, _, _ = at_desk
    in_turn = not os.environ.get("DONDOC_EVERY_LOOK")
    assert pages.visit_all(place, clock, axe=AXE, in_turn=in_turn) == []


def importorskip_pages() -> Any:
    pytest.importorskip("playwright.sync_api")
    from bench.desk import pages

    return pages


FILES = {"/healthz", "/templates/{name}/export"}
"""What is fetched and is no page."""

LEADING_ON = {"/login/oidc", "/login/oidc/back", "/login/oidc/leave", "/login/code"}
"""Without a log-in under way these lead back to the log-in; `test_desk_web_oidc.py` goes through them."""


def test_the_pages_that_are_looked_at_are_all_pages(environment: dict[str, str]) -> None:
    place = open_workplace(environment | {"DONDOC_BASE_URL": "http://127.0.0.1:8420"})
    place.ready()
    paths = [path.partition("?")[0] for _, path in prepared(place, Clock(place))] + ["/login"]
    for entry in ROUTES:
        if entry.method != "GET" or "." in entry.path or entry.path in FILES or entry.path in LEADING_ON:
            continue
        route = compile_path(entry.path)[0]
        assert any(route.match(path) for path in paths), f"add {entry.path} to tests/desk_gallery.py"


FOCUS = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect(), style = getComputedStyle(one);
  const folded = one.closest('details:not([open])');
  return {tag: one.tagName, words: (one.innerText || one.name || '').trim().slice(0, 30), top: box.top + scrollY,
          left: box.left, height: box.height,
          seen: box.width > 0 && box.height > 0 && (!folded || one.tagName === 'SUMMARY'),
          ringed: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
          head: !!one.closest('header'), foot: !!one.closest('footer'), main: one.id === 'main'};
}"""


EDITED = ["/policies/edit", "/calendar/edit", "/templates/wording.j2", "/agencies/phu-chau.so-y-te/edit", "/charts"]


@pytest.mark.parametrize(
    "path", ["/", "/tasks", "/events", "/answers", "/agencies", "/messages", "/account", *EDITED]
)
def test_keys_reach_everything_in_the_order_of_reading(
    at_desk: tuple[Workplace, Clock, Mailbox, dict[str, str]], path: str
) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    place, clock, _, _ = at_desk
    with_samples(place)
    add_user(place, clock, "lan", "admin")
    base = place.settings.desk.base_url
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        page = chromium.new_context(viewport={"width": 1280, "height": 900}).new_page()
        log_in(page, base)
        page.goto(base + path)
        page.keyboard.press("Tab")
        first = page.evaluate(FOCUS)
        assert "nội dung chính" in first["words"]
        assert first["seen"]
        page.keyboard.press("Enter")
        assert page.evaluate(FOCUS)["main"]
        page.goto(base + path)
        passed = list(steps_of(page))
        chromium.close()
    assert {one["words"] for one in passed if not (one["seen"] and one["ringed"])} == set()
    places = [
        ("head", "main", "foot").index("head" if one["head"] else "foot" if one["foot"] else "main")
        for one in passed
    ]
    assert places == sorted(places)
    inside = [one for one in passed if not one["head"] and not one["foot"]]
    for before, after in itertools.pairwise(inside):
        # Downwards, or to the right in the same row; two columns are read one after the other.
        assert after["top"] > before["top"] - 60 or after["left"] > before["left"], (before, after)


def steps_of(page: Any, most: int = 400) -> list[dict[str, Any]]:
    """Where Tab goes until it leaves the page."""
    found: list[dict[str, Any]] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        now = page.evaluate(FOCUS)
        if now["tag"] == "BODY" or (found and now == found[0]):
            return found[1:]
        found.append(now)
    raise AssertionError("Tab never leaves the page")


def log_in(page: Any, base: str) -> None:
    page.goto(f"{base}/login")
    page.get_by_label("Tên đăng nhập").fill("lan")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
