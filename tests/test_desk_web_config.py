"""Editing policies, calendar and wordings at the desk: what is shown first is what then happens."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from config import calendars, policies
from flows.steps import foreseeing
from flows.steps.previewing import preview
from flows.steps.workplace import Workplace, open_workplace
from store.schema import audit, dues, tasks
from tests.conftest import SAMPLES
from tests.desk_samples import DAY, PASSWORD, Clock, browser, logged_in, morning, opened, with_samples
from tests.smtp_sink import Sink
from tests.test_desk_web_directory import form_of


@pytest.fixture
def clock(place: Workplace) -> Clock:
    clock = with_samples(place)
    morning(place, clock)
    return clock


@pytest.fixture
def admin(place: Workplace, clock: Clock) -> TestClient:
    return logged_in(place, clock, "admin")


def now(place: Workplace) -> Workplace:
    return open_workplace(place.environment)


def keys(place: Workplace, *, every: bool = False) -> list[tuple[date, str]]:
    last = DAY + timedelta(days=29)
    return [(one.day, one.planned.key) for one in preview(place, DAY, last, every=every)]


class TestPolicies:
    def propose(self, admin: TestClient, **more: object) -> str:
        page = admin.get("/policies/edit").text
        answer = admin.post("/policies/propose", data=form_of(page, "/policies/propose") | more)
        return answer.text

    def test_looking_at_every_due_foresees_the_same(self, place: Workplace, clock: Clock) -> None:
        assert keys(place)
        assert keys(place, every=True) == keys(place)

    def test_a_form_sent_back_untouched_changes_nothing(self, admin: TestClient) -> None:
        page = self.propose(admin)
        assert "Không có gì thay đổi" in page
        assert "/policies/save" not in page

    def test_the_comparison_is_what_then_happens(self, place: Workplace, admin: TestClient, clock: Clock) -> None:
        before = keys(place)
        page = admin.get("/policies/edit").text
        form = form_of(page, "/policies/propose")
        assert form["lead.due.days"][:2] == ["-30", "-7"]
        form["lead.due.days"][1] = "-5"
        shown = admin.post("/policies/propose", data=form)
        assert shown.status_code == 200, shown.text
        assert now(place).edits == {}, "nothing is kept yet"
        told = [int(one.replace(".", "")) for one in re.findall(r"<b>([\d.]+)</b>", shown.text)]
        answer = admin.post("/policies/save", data=form_of(shown.text, "/policies/save"))
        assert answer.status_code == 303, answer.text
        after = keys(now(place))
        assert told[:2] == [len(before), len(after)]
        assert min(told[2:]) > 0
        assert after != before
        stages = now(place).policies.by_name["default"].lead["due"]
        assert stages[1].name == "before-5", "the name follows the days"
        with place.database.read() as connection:
            entry = connection.execute(select(audit).where(audit.c.subject == "config:policies")).one()
        assert "days = -7" in entry.before["text"]
        assert "days = -5" in entry.after["text"]
        assert admin.post("/config/policies/restore", data={"version": "0"}).status_code == 303
        assert keys(now(place)) == before

    @pytest.mark.parametrize(
        ("field", "at", "value", "said"),
        [
            ("lead.due.days", 0, "mười", "số"),
            ("lead.due.days", 0, "99999", "cho phép"),
            ("lead.due.repeat_every", 0, "0", "cho phép"),
            ("lead.due.repeat_limit", 0, "2", "khi có repeat_every"),
            ("lead.due.to", 0, "ai đó", "agency"),
            ("lead.due.days", 1, "-30", "mỗi bước chỉ ghi một lần"),
            ("lead.opening.days", slice(None), [], "ít nhất một bước"),
            ("use.policy", 0, "khong-co", "default"),
        ],
    )
    def test_what_is_wrong_is_said(
        self, place: Workplace, admin: TestClient, field: str, at: object, value: object, said: str
    ) -> None:
        form = form_of(admin.get("/policies/edit").text, "/policies/propose")
        form[field][at] = value  # type: ignore[index]
        answer = admin.post("/policies/propose", data=form)
        assert answer.status_code == 422
        assert said in html.unescape(answer.text)
        assert now(place).edits == {}

    def test_a_policy_of_its_own_for_an_agency(self, place: Workplace, admin: TestClient) -> None:
        form = form_of(admin.get("/policies/edit").text, "/policies/propose")
        form["new_name"] = ["Khẩn"]
        form["lead.due.days"][0] = "-3"
        shown = admin.post("/policies/propose", data=form)
        assert admin.post("/policies/save", data=form_of(shown.text, "/policies/save")).status_code == 303
        form = form_of(admin.get("/policies/edit?name=khan").text, "/policies/propose")
        form["use.policy"][0], form["use.agency"][0] = "khan", "phu-chau.so-y-te"
        shown = admin.post("/policies/propose", data=form)
        assert admin.post("/policies/save", data=form_of(shown.text, "/policies/save")).status_code == 303
        made = now(place).policies
        assert made.name_for(plan="9/KH", agency="phu-chau.so-y-te", task=1) == "khan"
        assert made.name_for(plan="9/KH", agency="phu-chau.so-noi-vu", task=1) == "default"
        assert policies.loads(admin.get("/policies/export.toml").text).uses == made.uses

    def test_a_made_up_text_is_refused(self, place: Workplace, admin: TestClient) -> None:
        for text in ("", "[default.lead]", "rác", "[default]\nlead = 7"):
            assert admin.post("/policies/save", data={"text": text, "version": "0"}).status_code == 422
        assert now(place).edits == {}


class TestCalendar:
    def change(self, admin: TestClient, year: int, **more: object) -> object:
        form = form_of(admin.get(f"/calendar/edit?year={year}").text, "/calendar/edit")
        return admin.post("/calendar/edit", data=form | more)

    def test_a_form_sent_back_untouched_changes_nothing(self, place: Workplace, admin: TestClient) -> None:
        for year in (2025, 2026, 2027):
            answer = self.change(admin, year)
            assert "told=unchanged" in answer.headers["location"], year  # type: ignore[attr-defined]
        assert now(place).edits == {}

    def test_a_day_off_moves_what_the_page_said(self, place: Workplace, admin: TestClient) -> None:
        with place.database.read() as connection:
            aims = connection.execute(
                select(dues.c.aim).where(dues.c.state == "open", dues.c.aim > DAY, ~dues.c.blocked)
            ).scalars()
            day = min(aim for aim in aims if aim.year == 2026)
            waiting = len(connection.execute(select(dues.c.id).where(dues.c.aim == day)).all())
        form = form_of(admin.get("/calendar/edit?year=2026").text, "/calendar/edit")
        form["off"][0] += f"\n{day:%d/%m/%Y} Nghỉ thử"
        shown = admin.post("/calendar/edit", data=form)
        assert shown.status_code == 200, shown.text
        moved = sum(int(one) for one in re.findall(r"<b>(\d+)</b>", shown.text)[:2])
        assert moved >= waiting > 0
        assert now(place).calendar.is_working(day), "nothing yet"
        answer = admin.post("/calendar/edit", data=form_of(shown.text, "/calendar/edit"))
        assert answer.status_code == 303, answer.text
        assert not now(place).calendar.is_working(day)
        with place.database.read() as connection:
            assert (
                connection.execute(select(dues.c.id).where(dues.c.aim == day, dues.c.state == "open")).all() == []
            )
        assert admin.post("/config/calendar:2026/restore", data={"version": "0"}).status_code == 303
        with place.database.read() as connection:
            assert len(connection.execute(select(dues.c.id).where(dues.c.aim == day)).all()) == waiting

    def test_a_year_becomes_official(self, place: Workplace, admin: TestClient) -> None:
        assert "chưa có lịch nghỉ chính thức" in admin.get("/calendar?year=2027").text
        shown = self.change(admin, 2027, official="1")
        answer = admin.post("/calendar/edit", data=form_of(shown.text, "/calendar/edit"))  # type: ignore[attr-defined]
        assert answer.status_code == 303, answer.text
        assert "chưa có lịch nghỉ chính thức" not in admin.get("/calendar?year=2027").text
        text = admin.get("/calendar/export.toml?year=2027").text
        assert calendars.reads(text, "2027.toml").official

    @pytest.mark.parametrize(
        ("name", "text", "said"),
        [
            ("off", "30/4 Lễ", "chưa đúng"),
            ("off", "30/04/2025 Lễ", "chưa đúng"),
            ("off", "31/02/2026 Lễ", "chưa đúng"),
            ("off", "01/01/2026", "chưa đúng"),
            ("off", "01/01/2026 Tết\n01/01/2026 Tết", "ghi hai lần"),
            ("off", "01/01/2026 Tết Dương lịch", "30/04/2026"),
            ("working", "05/01/2026 Làm bù", "không phải thứ Bảy"),
        ],
    )
    def test_what_is_wrong_is_said(
        self, place: Workplace, admin: TestClient, name: str, text: str, said: str
    ) -> None:
        answer = self.change(admin, 2026, **{name: text})
        assert answer.status_code == 422  # type: ignore[attr-defined]
        assert said in html.unescape(answer.text)  # type: ignore[attr-defined]
        assert now(place).edits == {}

    def test_looking_ahead_leaves_no_trace(self, place: Workplace, clock: Clock) -> None:
        def everything() -> list[object]:
            with place.database.read() as connection:
                return [tuple(row) for row in connection.execute(select(dues).order_by(dues.c.id))]

        before = everything()
        made = place.calendar.overruled_by(calendars.reads("year = 2026\nofficial = false\n", "2026.toml"))
        assert foreseeing.shift(place, made, DAY).aims > 0
        assert everything() == before


class TestWordings:
    PATH = "/templates/wording.j2"

    def form(self, admin: TestClient, **more: object) -> dict[str, object]:
        return form_of(admin.get(self.PATH).text, self.PATH) | more

    def test_preview_save_send_and_back(self, place: Workplace, admin: TestClient) -> None:
        form = self.form(admin, agency="phu-chau.so-y-te")
        text = str(form["text"][0])  # type: ignore[index]
        form["text"] = text.replace("Trân trọng.", "Trân trọng cảm ơn.")
        shown = admin.post(self.PATH, data=form)
        assert shown.status_code == 200, shown.text
        assert "Trân trọng cảm ơn." in shown.text
        assert "frame-src 'self'" in shown.headers["content-security-policy"]
        frame = re.search(r'src="(/templates/[^"]+)"', shown.text)
        assert frame is not None
        mail = admin.get(html.unescape(frame[1]))
        assert "Trân trọng cảm ơn." in mail.text
        assert "Sở Y tế" in mail.text
        assert "sandbox" in mail.headers["content-security-policy"]
        assert "script-src" not in mail.headers["content-security-policy"]
        assert now(place).edits == {}, "a preview keeps nothing"
        assert admin.post(self.PATH, data=form | {"apply": "1"}).status_code == 303
        templates = now(place).templates
        assert templates is not None
        assert "Trân trọng cảm ơn." in (templates / "wording.j2").read_text(encoding="utf-8")
        reset = form_of(admin.get(self.PATH).text, self.PATH)
        answer = admin.post(self.PATH, data={"version": reset["version"], "apply": "1", "reset": "1"})
        assert answer.status_code == 303, answer.text
        assert "Trân trọng cảm ơn." not in now(place).edits["template:wording.j2"]

    @pytest.mark.parametrize(
        ("name", "text", "said"),
        [
            ("wording.j2", "{% macro subject(v) %}\n{{ v.sai }}{% endmacro %}", "dòng 2"),
            ("wording.j2", "{% if %}", "dòng 1"),
            ("zalo_text.j2", "a\nb\n{% endfor %}", "dòng 3"),
            ("zalo_text.j2", "\n{{ ''.__class__.__mro__ }}", "dòng 2"),
            ("layout.html.j2", "a\n{{ v.nothing }}", "dòng 2"),
        ],
    )
    def test_a_mistake_is_named_by_its_line(
        self, place: Workplace, admin: TestClient, name: str, text: str, said: str
    ) -> None:
        for more in ({}, {"apply": "1"}):
            answer = admin.post(f"/templates/{name}", data={"text": text, "version": "0"} | more)
            assert answer.status_code == 422
            assert said in html.unescape(answer.text)
        assert now(place).edits == {}

    def test_drafts_of_others_paths_are_not_opened(self, admin: TestClient) -> None:
        for draft in ("", "..", "../../key", "a" * 31, "A" * 32, "0" * 32):
            assert admin.get(f"{self.PATH}/mail", params={"draft": draft}).status_code == 404


def test_channels_are_shown_without_secrets_and_tried(environment: dict[str, str]) -> None:
    with Sink() as sink:
        place = opened(environment, DONDOC_SMTP_URL=sink.url)
        admin = logged_in(place, Clock(place), "admin")
        assert admin.post("/channels/email/test", data={"address": "thu@donvi.example"}).status_code == 303
        assert [address for address, _ in sink.mailbox.messages] == ["thu@donvi.example"]
    answer = admin.post("/channels/email/test", data={"address": "thu@donvi.example"})
    assert answer.status_code == 422, "the server is gone"
    assert admin.post("/channels/email/test", data={"address": ""}).status_code == 422
    assert admin.post("/channels/khong-co/test", data={"address": "a@b.example"}).status_code == 404
    secret = opened(environment, DONDOC_SMTP_URL="smtp://nguoi:matkhau-bi-mat@127.0.0.1:9")
    shown = logged_in_again(secret)
    assert "matkhau" not in shown.get("/channels").text
    with place.database.read() as connection:
        rows = connection.execute(select(audit.c.after).where(audit.c.action == "channel.test")).scalars().all()
    assert [row["sent"] for row in rows] == [True, False]
    assert "thu@donvi.example" not in str(rows)


def logged_in_again(place: Workplace) -> TestClient:
    client = browser(place, Clock(place))
    assert client.post("/login", data={"name": "admin1", "password": PASSWORD}).status_code == 303
    return client


def test_a_second_version_shows_its_differences_before_it_is_applied(
    place: Workplace, clock: Clock, admin: TestClient
) -> None:
    name = "ke-hoach-12-chuyen-doi-so.txt"
    title = "Kiểm tra thực tế việc sử dụng phần mềm dùng chung tại cơ sở"
    text = (SAMPLES / name).read_text(encoding="utf-8")
    assert title in text
    changed = text.replace(title, f"{title}, có báo cáo kèm theo")
    answer = admin.post("/plans/upload", files={"file": (name, changed.encode())})
    page = html.unescape(admin.get(answer.headers["location"]).text)
    assert "So với bản đã nhập" in page
    assert f"<del>{title}</del> → <ins>{title}, có báo cáo kèm theo</ins>" in page
    with place.database.read() as connection:
        assert connection.execute(select(tasks.c.id).where(tasks.c.title.contains("kèm theo"))).all() == []
