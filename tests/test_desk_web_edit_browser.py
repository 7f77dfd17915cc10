"""Editing in a real browser at the width of a phone, without JavaScript: a contact, a policy, every new page."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.steps.workplace import open_workplace
from tests.desk_samples import PASSWORD, Clock, add_user, with_samples
from tests.test_desk_web_browser import ARGUMENTS, CHROMIUM, Served, free_port

HEALTH = "phu-chau.so-y-te"
PAGES = (
    "/agencies",
    "/agencies/new",
    "/agencies/merge",
    "/agencies/import",
    f"/agencies/{HEALTH}/edit",
    f"/agencies/{HEALTH}/history",
    f"/agencies/{HEALTH}/split",
    "/groups",
    "/groups/new",
    "/policies/edit",
    "/calendar/edit?year=2026",
    "/templates",
    "/templates/wording.j2",
    "/templates/zalo_text.j2",
    "/channels",
    "/proposals",
    "/config/agencies/history",
)

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium: apt-get install chromium"),
]


@pytest.fixture
def desk(environment: dict[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    given = environment | {"DONDOC_PORT": str(port), "DONDOC_BASE_URL": base}
    place = open_workplace(given)
    place.ready()
    clock: Clock = with_samples(place)
    add_user(place, clock, "lan", "admin")
    with Served(place, clock):
        yield base, given


@pytest.fixture
def page() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        context = chromium.new_context(
            java_script_enabled=False, locale="vi-VN", viewport={"width": 360, "height": 740}
        )
        yield context.new_page()
        chromium.close()


def wide(page: Any) -> int:
    """How wide the page wants to be: without JavaScript only its picture tells."""
    picture = page.screenshot(full_page=True)
    return int.from_bytes(picture[16:20], "big")


def test_a_contact_and_a_policy_are_edited_on_a_phone(desk: tuple[str, dict[str, str]], page: Any) -> None:
    base, environment = desk
    page.set_default_timeout(120_000)
    page.goto(base)
    page.get_by_label("Tên đăng nhập").fill("lan")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    for path in PAGES:
        page.goto(base + path)
        if folder := os.environ.get("DONDOC_PICTURES"):
            name = path.strip("/").replace("/", "-").partition("?")[0]
            page.screenshot(full_page=True, path=str(Path(folder) / f"{name}.png"))
        assert wide(page) == 360, path

    page.goto(f"{base}/templates/wording.j2")
    assert "Trân trọng." in page.frames[1].content()

    page.goto(f"{base}/agencies/{HEALTH}/edit")
    page.get_by_label("Thư điện tử").first.fill("khong phai thu")
    page.get_by_role("button", name="Xem thay đổi").click()
    assert "một địa chỉ thư điện tử" in page.content()
    page.get_by_label("Thư điện tử").first.fill("duongday@soyte.example")
    page.get_by_role("button", name="Xem thay đổi").click()
    assert "Nơi nhận thay đổi" in page.content()
    assert wide(page) == 360
    page.get_by_role("button", name="Sửa tiếp").click()
    assert page.get_by_label("Thư điện tử").first.input_value() == "duongday@soyte.example"
    page.get_by_role("button", name="Xem thay đổi").click()
    page.get_by_role("button", name="Lưu thay đổi").click()
    assert "Đã lưu" in page.content()
    agency = open_workplace(environment).directory.agency(HEALTH)
    assert agency is not None
    assert agency.contacts[0].email == "duongday@soyte.example"

    page.goto(f"{base}/policies/edit")
    page.locator("details.course > summary").first.click()
    page.locator("details.step > summary", has_text="trước 7 ngày").first.click()
    page.locator('input[name="lead.due.days"]').nth(1).fill("-5")
    page.get_by_role("button", name="So sánh 30 ngày tới").click()
    assert "nhắc thêm" in page.content()
    page.get_by_role("button", name="Lưu thay đổi").click()
    assert "Đã lưu" in page.content()
    assert open_workplace(environment).policies.by_name["default"].lead["due"][1].days == -5
