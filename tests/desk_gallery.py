"""Every page of the desk with something on it: the ways of looking, and what forms answer."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.testclient import TestClient

from flows.steps import reviewing
from flows.steps.answering import Said, receive
from flows.steps.linking import token_for
from flows.steps.wording import EDITABLE
from flows.steps.workplace import Workplace
from tests.conftest import SAMPLES
from tests.desk_samples import Clock, add_user, browser, lead_due, logged_in, morning, with_samples

AGENCY = "phu-chau.so-khoa-hoc-va-cong-nghe"
HEALTH = "phu-chau.so-y-te"
OFFICE = "phu-chau.van-phong-ubnd"
PLAN = "ke-hoach-12-chuyen-doi-so.txt"

AMENDING = (
    "ỦY BAN NHÂN DÂN\nTỈNH PHÚ CHÂU\n\nSố: 240/QĐ-UBND\n\nPhú Châu, ngày 12 tháng 5 năm 2026\n\nQUYẾT ĐỊNH\n\n"
    "Sửa đổi, bổ sung một số nội dung của Kế hoạch số 12/KH-UBND\n\n"
    "1. Điều chỉnh thời gian hoàn thành nhiệm vụ số 7 Phụ lục từ “3/2026” sang “Quý IV/2026”.\n"
    "2. Bãi bỏ nhiệm vụ số 15 Phụ lục.\n"
    "3. Gia hạn nhiệm vụ số 99 đến Quý I/2027.\n"
)
"""Changes of the sample plan, told in sentences."""


def prepared(place: Workplace, clock: Clock) -> list[tuple[str, str]]:
    """Something on every page; returns names and paths."""
    with_samples(place, clock().date())
    add_user(place, clock, "lan", "admin")
    morning(place, clock)
    task, due = lead_due(place, AGENCY)
    said = Said(kind="done", document="12/BC-SKHCN", on=clock().date(), text="Đã trình UBND tỉnh.")
    receive(place, AGENCY, due, said, now=clock(), today=clock().date())
    token = token_for(place, AGENCY)
    _, other = lead_due(place, OFFICE, single=False)
    upload = reviewing.keep_upload(place, (SAMPLES / PLAN).read_bytes(), PLAN)
    amending = reviewing.keep_upload(place, AMENDING.encode(), "quyet-dinh-240.txt")
    group = next(iter(place.directory.groups)).code
    return [
        ("today", "/"), ("tasks", "/tasks"), ("late", "/tasks?status=late"), ("attention", "/tasks?attention=1"),
        ("task", f"/tasks/{task}"), ("answers", "/answers"), ("plans", "/plans"), ("events", "/events"),
        ("agencies", "/agencies"), ("agency", f"/agencies/{AGENCY}"), ("messages", "/messages"),
        ("message", "/messages/1"), ("charts", "/charts"), ("policies", "/policies"), ("calendar", "/calendar"),
        ("audit", "/audit?verify=1"), ("users", "/users"), ("account", "/account"),
        ("templates", "/templates"), ("template", f"/templates/{next(iter(EDITABLE))}"), ("channels", "/channels"),
        ("template-mail", f"/templates/{next(iter(EDITABLE))}/mail"), ("proposals", "/proposals"),
        ("own-home", f"/a/{token}"), ("own-contacts", f"/a/{token}/contacts"), ("own-due", f"/a/{token}/due/{due}"),
        ("review", f"/plans/review/{upload}"),
        ("review-amending", f"/plans/review/{amending}"),
        ("agency-new", "/agencies/new"), ("agency-merge", "/agencies/merge"), ("agency-import", "/agencies/import"),
        ("agency-edit", f"/agencies/{AGENCY}/edit"), ("agency-split", f"/agencies/{AGENCY}/split"),
        ("agency-history", f"/agencies/{AGENCY}/history"), ("groups", "/groups"), ("group", f"/groups/{group}"),
        ("history", "/config/policies/history"), ("policies-edit", "/policies/edit"),
        ("calendar-edit", "/calendar/edit"),
        ("own-open", f"/a/{token_for(place, OFFICE)}/due/{other}"), ("gone", "/a/x"),
    ]  # fmt: skip


def walk(place: Workplace, clock: Clock, language: str) -> Iterator[tuple[str, str]]:
    """Names and texts of all pages: before there is an admin, to a stranger, to each role, and after forms."""
    stranger = speaking(browser(place, clock), language)
    yield "setup", stranger.get("/").text
    paths = prepared(place, clock)
    yield "login", stranger.get("/login").text
    yield "login-wrong", stranger.post("/login", data={"name": "lan", "password": "x"}).text
    yield "nowhere", stranger.get("/nowhere").text
    clients = {role: speaking(logged_in(place, clock, role), language) for role in ("viewer", "operator", "admin")}
    # What depends on nobody's role comes once.
    for role, client in clients.items():
        for name, path in paths:
            if role == "admin" or not name.startswith(("own-", "gone")):
                yield f"{role}-{name}", client.get(path).text
    for extra in ("/tasks?q=zzzz", "/messages?state=failing", "/tasks/99999", "/groups/new", "/plans/review/x"):
        yield f"admin{extra}", clients["admin"].get(extra).text
    yield from _answers_of_forms(clients["admin"], dict(paths))


def speaking(client: TestClient, language: str) -> TestClient:
    client.post("/language", data={"to": language, "next": "/"})
    return client


def form_of(page: str, action: str) -> dict[str, list[str]]:
    """The fields of a form as a browser would send them back untouched."""
    from lxml import html as lxml_html

    found: dict[str, list[str]] = {}
    forms = [one for one in lxml_html.fromstring(page).forms if one.get("action") == action]
    for name, value in forms[0].form_values():
        found.setdefault(name, []).append(value)
    return found


def _answers_of_forms(admin: TestClient, paths: dict[str, str]) -> Iterator[tuple[str, str]]:
    event = {
        "issuer": "Chính phủ",
        "instrument": "Nghị định",
        "on": "2026-05-20",
        "subject": "Chuyển đổi số cấp xã",
    }
    yield "propose", admin.post("/events/propose", data=event).text
    policies = form_of(admin.get("/policies/edit").text, "/policies/propose")
    yield "policy-unchanged", admin.post("/policies/propose", data=policies).text
    policies["lead.due.days"][1] = "-5"
    yield "policy-changes", admin.post("/policies/propose", data=policies).text
    policies["lead.due.days"][1] = "mười"
    yield "policy-wrong", admin.post("/policies/propose", data=policies).text
    days = form_of(admin.get("/calendar/edit?year=2026").text, "/calendar/edit")
    days["off"][0] += "\n08/06/2026 Nghỉ thử"
    yield "calendar-changes", admin.post("/calendar/edit", data=days).text
    yield "calendar-wrong", admin.post("/calendar/edit", data=days | {"off": "30/4 Lễ"}).text
    for name in EDITABLE:
        template = f"/templates/{name}"
        tried = form_of(admin.get(template).text, template)
        yield f"wording-{name}", admin.post(template, data=tried | {"agency": HEALTH}).text
        yield f"wording-wrong-{name}", admin.post(template, data=tried | {"text": "{% if %}"}).text
    merge = {"code": [HEALTH, "phu-chau.so-noi-vu"], "name": "Sở Y tế và Nội vụ", "into": "", "on": "2026-06-01"}
    yield "merge", admin.post("/agencies/merge", data=merge).text
    yield "merge-wrong", admin.post("/agencies/merge", data=merge | {"on": ""}).text
    split = {"into-0": HEALTH, "name-1": "Sở Dân số", "on": "2026-07-01"}
    yield "split", admin.post(f"/agencies/{HEALTH}/split", data=split).text
    yield "split-wrong", admin.post(f"/agencies/{HEALTH}/split", data={"on": "2026-07-01"}).text
    directory = admin.get("/agencies/export.toml").text.replace('"Sở Y tế"', '"Sở Y tế Phú Châu"')
    given = {"file": ("danh-ba.toml", directory.encode())}
    yield "import", admin.post("/agencies/import", files=given).text
    yield "import-wrong", admin.post("/agencies/import", files={"file": ("danh-ba.toml", b"format = 99")}).text
    edit = f"/agencies/{HEALTH}/edit"
    wrong = {"name": "", "contact_email": "khong phai thu", "channels": "Thư Điện Tử", "valid_to": "2026-13-01"}
    yield "agency-wrong", admin.post(edit, data=form_of(admin.get(edit).text, edit) | wrong).text
    yield "agency-new-wrong", admin.post("/agencies", data={"name": "", "kind": "x"}).text
    yield "user-added", admin.post("/users", data={"name": "hoa", "role": "viewer"}).text
    yield "token", admin.post("/tokens", data={"name": "Trục liên thông", "scope": "tasks:read"}).text
    yield "account-wrong", admin.post("/account/password", data={"old": "x", "new": "y", "again": "z"}).text
    yield from _answers_of_agencies(admin, paths)
    plan = (SAMPLES / PLAN).read_text(encoding="utf-8").replace("Kiểm tra thực tế", "Kiểm tra trực tiếp")
    plan = plan.replace("Quý II/2026", "khi hoa phượng nở").replace("Sở Nội vụ", "Trạm Sao Mai")
    kept = admin.post("/plans/upload", files={"file": (PLAN, plan.encode())}).headers["location"]
    yield "review-changed", admin.get(kept).text
    yield "imported", admin.get(admin.post(kept, data={}).headers["location"]).text


def _answers_of_agencies(client: TestClient, paths: dict[str, str]) -> Iterator[tuple[str, str]]:
    own = paths["own-open"]
    yield "own-wrong", client.post(f"{own}/progress", data={"text": ""}).text
    said = {"document": "5/BC-VP", "on": "2026-06-01", "text": "Xong"}
    for action, data in (("acknowledge", {}), ("progress", {"text": "Đang làm"}), ("done", said)):
        answer = client.post(f"{own}/{action}", data=data)
        yield f"own-{action}", client.get(answer.headers["location"]).text
    contacts = paths["own-contacts"]
    typed = form_of(client.get(contacts).text, contacts)
    yield "own-contacts-wrong", client.post(contacts, data=typed | {"contact_email": "sai"}).text
    typed["contact_email"][0] = "moi@skhcn.example"
    client.post(contacts, data=typed)
    yield "own-contacts-made", client.get(contacts).text
    client.post(f"{own}/not-ours", data={"text": "Thuộc Sở Xây dựng"})
    yield "proposals", client.get("/proposals").text
    home = paths["own-home"]
    made = client.post(f"{home}/calendar")
    yield "own-calendar", made.text if made.status_code == 200 else client.get(made.headers["location"]).text
