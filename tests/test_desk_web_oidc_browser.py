"""Logging in at an issuer in a real browser: to another site and back, cookies, the second step, log-out.

DONDOC_PICTURES=FOLDER keeps pictures of what is passed on the way, at 1,280 and 360 px, light and dark.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyotp
import pytest

from config.settings import PACKAGED
from flows.steps.workplace import open_workplace
from tests.desk_samples import PASSWORD, Clock, add_user
from tests.fake_issuer import SECRET, FakeIssuer
from tests.test_desk_web_browser import ARGUMENTS, CHROMIUM, Served, free_port

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium: apt-get install chromium"),
]

WAY_IN = "Đăng nhập bằng cổng đăng nhập của tỉnh"
LOOKS = [(width, scheme) for width in (1280, 360) for scheme in ("light", "dark")]


@pytest.fixture
def issuer() -> Iterator[FakeIssuer]:
    made = FakeIssuer(lambda: datetime.now(UTC), "")
    # Another site than the desk's, for the browser: cookies and the marks of where a request comes from differ.
    made.url = made.url.replace("127.0.0.1", "localhost")
    made.page = True
    yield made
    made.close()


@pytest.fixture
def desk(tmp_path: Path, issuer: FakeIssuer) -> Iterator[tuple[str, Clock]]:
    folder = tmp_path / "config"
    shutil.copytree(PACKAGED, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    port = free_port()
    issuer.home = f"http://127.0.0.1:{port}"
    with (folder / "dondoc.toml").open("a", encoding="utf-8") as file:
        file.write(issuer.toml())
    place = open_workplace({
        "DONDOC_VAR": str(tmp_path / "var"), "DONDOC_CONFIG": str(folder), "DONDOC_OIDC_SECRET": SECRET,
        "DONDOC_PORT": str(port), "DONDOC_BASE_URL": issuer.home,
    })  # fmt: skip
    place.ready()
    clock = Clock(place)
    issuer.clock = clock
    for name, role in (("lan", "admin"), ("mai", "operator")):
        add_user(place, clock, name, role)
    with Served(place, clock):
        yield issuer.home, clock


@pytest.fixture
def chromium() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield opened
        opened.close()


def picture(page: Any, name: str) -> None:
    folder = os.environ.get("DONDOC_PICTURES")
    for width, scheme in LOOKS if folder else ():
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=f"{folder}/{name}-{width}-{scheme}.png", full_page=True)


def through_the_issuer(page: Any, base: str, path: str = "/") -> None:
    """From the page that is wanted to the log-in, over to the issuer, and back."""
    page.goto(base + path)
    page.get_by_role("link", name=WAY_IN).click()
    assert page.url.startswith("http://localhost:"), "the issuer's own page"
    page.get_by_role("link", name="in").click()


def link_the_identity(page: Any, base: str) -> None:
    page.goto(f"{base}/login")
    page.get_by_label("Tên đăng nhập").fill("lan")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    page.goto(f"{base}/users")
    picture(page, "users-asked")
    page.locator("select[name=user]").select_option(label="mai")
    page.get_by_role("button", name="Liên kết", exact=True).click()
    assert "Gỡ liên kết" in page.content()
    picture(page, "users-linked")


def set_up_the_second_step(page: Any, base: str, clock: Clock) -> pyotp.TOTP:
    page.goto(f"{base}/account")
    picture(page, "account")
    totp = pyotp.TOTP(page.locator("code.secret").inner_text())
    form = page.locator('form[action="/account/totp"]')
    form.get_by_label("Mã 6 số").fill(totp.at(clock()))
    form.get_by_label("Mật khẩu hiện tại").fill(PASSWORD)
    form.get_by_role("button").click()
    assert "Đang bật" in page.content()
    return totp


def test_out_to_the_issuer_and_back(desk: tuple[str, Clock], issuer: FakeIssuer, chromium: Any) -> None:
    base, clock = desk
    issuer.person["groups"] = ["don-doc-quan-tri"]
    person, admin = chromium.new_context().new_page(), chromium.new_context().new_page()
    through_the_issuer(person, base)
    assert "chưa được liên kết" in person.content()
    picture(person, "not-linked")
    link_the_identity(admin, base)

    through_the_issuer(person, base)
    assert person.url == f"{base}/"
    assert person.get_by_role("link", name="Nhiệm vụ", exact=True).is_visible()
    assert person.get_by_role("link", name="Người dùng").count() == 0, "the lesser of both roles: no admin here"
    totp = set_up_the_second_step(person, base, clock)
    person.get_by_role("button", name="Đăng xuất").click()
    picture(person, "login-left")
    person.get_by_role("link", name="Đăng xuất cả ở đó").click()
    assert person.url == f"{base}/login"
    assert issuer.asked["/leave"] == 1
    person.goto(f"{base}/tasks")
    assert "/login" in person.url, "nothing is left of the session"

    clock.move(seconds=31)
    through_the_issuer(person, base, "/tasks?status=late")
    assert person.url.startswith(f"{base}/login/code")
    picture(person, "code")
    person.get_by_label("Mã 6 số").fill("000000")
    person.get_by_role("button", name="Tiếp tục").click()
    assert "Mã xác thực không đúng" in person.content()
    picture(person, "code-wrong")
    person.get_by_label("Mã 6 số").fill(totp.at(clock()))
    person.get_by_role("button", name="Tiếp tục").click()
    assert person.url == f"{base}/tasks?status=late", "on to the page that was wanted"
    person.goto(f"{base}/account")
    assert "hệ thống chung" in person.locator("#sessions ~ table").inner_text()
    picture(person, "account-second-step")


def test_an_answer_brought_from_elsewhere_opens_nothing(
    desk: tuple[str, Clock], issuer: FakeIssuer, chromium: Any
) -> None:
    base, _ = desk
    one, other = chromium.new_context().new_page(), chromium.new_context().new_page()
    one.goto(f"{base}/login")
    one.get_by_role("link", name=WAY_IN).click()
    other.goto(one.get_by_role("link", name="in").evaluate("link => link.href"))
    assert "Đăng nhập không thành công" in other.content(), "the answer belongs to the browser that set out"
    other.goto(f"{base}/")
    assert "/login" in other.url
