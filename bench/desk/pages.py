"""Every page of the desk on the sample plans: pictures at two widths, light and dark, and axe's findings.

python -m bench.desk.pages FOLDER [axe.min.js]; in English with DONDOC_LOOK=en; as printed with DONDOC_LOOK=print;
only pages whose names start so with DONDOC_ONLY=policies,agency
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import uvicorn
from playwright.sync_api import sync_playwright

from desk.web.app import build
from flows.steps.workplace import Workplace, open_workplace
from tests.desk_gallery import AGENCY, prepared
from tests.desk_samples import PASSWORD, Clock

LOOKS = ((1280, "light"), (1280, "dark"), (360, "light"), (360, "dark"))
DECREE = {"issuer": "Chính phủ", "instrument": "Nghị định", "on": "2026-05-20", "subject": "Chuyển đổi số"}
FORMS: dict[str, tuple[str, dict[str, str | list[str]]]] = {
    "propose": ("/events", {**DECREE}),
    "policies-changes": ("/policies/edit", {"lead.due.days": ["-30", "-5"]}),
    "policies-wrong": ("/policies/edit", {"lead.due.days": ["-30", "mười"]}),
    "calendar-changes": ("/calendar/edit?year=2026", {"working": "10/01/2026 Làm bù"}),
    "calendar-wrong": ("/calendar/edit?year=2026", {"off": "30/4 Lễ"}),
    "template-tried": ("/templates/wording.j2", {"agency": AGENCY}),
    "agency-merged": ("/agencies/merge", {"code": [AGENCY], "name": "Sở Mới", "on": "2026-07-01"}),
    "agency-wrong": (f"/agencies/{AGENCY}/edit", {"contact_email": ["khong phai thu"], "name": "Sở (cũ"}),
}
"""What a form answers: where it stands, and what is typed into its first fields of a name."""

FILL = """given => {
  const names = Object.keys(given), forms = [...document.querySelectorAll("main form[method=post]")];
  const form = forms.find(one => names.every(name => one.elements[name]));
  for (const [name, values] of Object.entries(given)) {
    const fields = [...form.elements].filter(one => one.name === name);
    [].concat(values).forEach((value, at) => {
      const tick = fields.find(one => one.type === "checkbox" && one.value === value);
      if (tick) tick.checked = true; else fields[at].value = value;
    });
  }
  form.noValidate = true; form.requestSubmit(form.querySelector("button:not([disabled])"));
}"""
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def visit_all(
    place: Workplace,
    clock: Clock,
    *,
    folder: Path | None = None,
    axe: Path | None = None,
    base: str = "",
    in_turn: bool = False,
    looks: Sequence[tuple[int, str]] = LOOKS,
) -> list[str]:
    """Findings, empty where there are none: wide pages on a phone, errors, what axe calls serious.

    With `in_turn`, each page is seen in one of the looks only, the next page in the next.
    """
    found: list[str] = []
    pages = prepared(place, clock)
    base = base or place.settings.desk.base_url
    only = tuple(filter(None, os.environ.get("DONDOC_ONLY", "").split(",")))
    pages = [
        (name, path) for name, path in [*pages, *((name, "") for name in FORMS)] if name.startswith(only or "")
    ]
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        for turn, (width, scheme) in enumerate(looks):
            context = chromium.new_context(
                viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=axe is not None
            )
            page = context.new_page()
            found += _look(page, base, "login", "/login", f"{width}-{scheme}", folder, axe)
            page.get_by_label("Tên đăng nhập").fill("lan")
            page.get_by_label("Mật khẩu").fill(PASSWORD)
            page.get_by_role("button", name="Đăng nhập").click()
            if os.environ.get("DONDOC_LOOK") == "en":
                page.get_by_role("button", name="English").click()
            if os.environ.get("DONDOC_LOOK") == "print":
                page.emulate_media(media="print")
            for name, path in pages[turn :: len(looks)] if in_turn else pages:
                found += _look(page, base, name, path, f"{width}-{scheme}", folder, axe)
            context.close()
        chromium.close()
    return found


def _look(
    page: Any, base: str, name: str, path: str, variant: str, folder: Path | None, axe: Path | None
) -> list[str]:
    answer = page.goto(base + (path or FORMS[name][0]))
    if not path:
        with page.expect_navigation():
            page.evaluate(FILL, FORMS[name][1])
    # The mail of a wording that nobody has tried is not there.
    missing = name in ("gone", "template-mail")
    found = [f"{name} {variant}: {answer.status}"] if path and answer.status >= 400 and not missing else []
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    found += [f"{name} {variant}: {over} px too wide"] if over > 0 else []
    for frame in page.locator("iframe").all():
        # What has never been in view is not painted into the picture of a whole page.
        frame.scroll_into_view_if_needed()
        page.wait_for_timeout(300)
    if folder:
        page.screenshot(path=folder / f"{name}-{variant}.png", full_page=True)
    if axe:
        page.add_script_tag(path=str(axe))
        for one in page.evaluate("axe.run().then(result => result.violations)"):
            if one["impact"] in {"serious", "critical"}:
                where = json.dumps([node["html"][:160] for node in one["nodes"][:3]], ensure_ascii=False)
                found.append(f"{name} {variant}: {one['id']} {where}")
    return found


def main(folder: str, axe: str = "") -> int:
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as var:
        port = os.environ.get("DONDOC_LOOK_PORT", "8455")
        place = open_workplace({"DONDOC_VAR": var, "DONDOC_BASE_URL": f"http://127.0.0.1:{port}"})
        place.ready()
        clock = Clock(place)
        server = uvicorn.Server(
            uvicorn.Config(build(place, clock), host="127.0.0.1", port=int(port), log_level="error")
        )
        threading.Thread(target=server.run, daemon=True).start()
        while not server.started:
            time.sleep(0.05)
        found = visit_all(place, clock, folder=target, axe=Path(axe) if axe else None)
        server.should_exit = True
    print(*found, sep="\n")
    print(f"{len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
