"""Editing agencies and groups at the desk: checked beside the field, audited, undone, by admins only."""

from __future__ import annotations

import html
import io
import re
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from deadlines.directory_change import merge
from deadlines.directory_types import Agency
from flows.steps.redirecting import redirect
from flows.steps.workplace import Workplace, open_workplace
from store.schema import assignments, audit
from tests.desk_samples import DAY, Clock, logged_in, morning, with_samples

HEALTH = "phu-chau.so-y-te"


@pytest.fixture
def clock(place: Workplace) -> Clock:
    return with_samples(place)


@pytest.fixture
def admin(place: Workplace, clock: Clock) -> TestClient:
    return logged_in(place, clock, "admin")


def now(place: Workplace) -> Workplace:
    return open_workplace(place.environment)


def form_of(page: str, action: str) -> dict[str, list[str]]:
    """The fields of a form as a browser would send them back untouched."""
    from lxml import html as lxml_html

    found: dict[str, list[str]] = {}
    forms = [one for one in lxml_html.fromstring(page).forms if one.get("action") == action]
    for name, value in forms[0].form_values():
        found.setdefault(name, []).append(value)
    return found


def edit(client: TestClient, code: str, **more: object) -> object:
    path = f"/agencies/{code}/edit"
    return client.post(path, data=form_of(client.get(path).text, path) | {"apply": "1"} | more)


def test_a_form_sent_back_untouched_changes_nothing(place: Workplace, admin: TestClient) -> None:
    for agency in place.directory.in_province(place.province, DAY):
        answer = edit(admin, agency.code)
        assert answer.status_code == 303, (agency.code, answer.text)
        assert "told=unchanged" in answer.headers["location"], agency.code
    for group in place.directory.groups:
        path = f"/groups/{group.code}"
        answer = admin.post(path, data=form_of(admin.get(path).text, path))
        assert "told=unchanged" in answer.headers["location"], group.code
    assert now(place).edits == {}


def test_a_contact_is_changed_and_the_next_mails_go_there(
    place: Workplace, admin: TestClient, clock: Clock
) -> None:
    answer = edit(admin, HEALTH, contact_email=["moi@soyte.example", "", ""], contact_name=["Người Mới", "", ""])
    assert answer.status_code == 303, answer.text
    agency = now(place).directory.agency(HEALTH)
    assert agency is not None
    assert agency.contacts[0].email == "moi@soyte.example"
    assert "m•••@soyte.example" in admin.get(f"/agencies/{HEALTH}").text
    with place.database.read() as connection:
        entry = connection.execute(select(audit).where(audit.c.subject == "config:agencies")).one()
    assert entry.actor == "user:admin1"
    assert f"{HEALTH}.contacts" in entry.before["values"]
    assert "moi@soyte.example" not in str(entry.after), "masked in the log"
    assert "mo…@soyte.example" in str(entry.after)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "không được để trống"),
        ("name", "Sở (cũ", "tên có chữ"),
        ("kind", "không có", "một trong"),
        ("superior", "phu-chau.khong-co", "mã của một cơ quan"),
        ("superior", HEALTH, "không vòng lặp"),
        ("valid_to", "2026-13-01", "không phải là ngày"),
        ("successor", "phu-chau.so-tai-chinh", "ngày cuối cùng hoạt động"),
        ("contact_email", "khong phai thu", "một địa chỉ thư điện tử"),
        ("contact_phone", "12", "số điện thoại"),
        ("channels", "Thư Điện Tử", "tên kênh"),
        ("working_hours", "sáng", "07:30-11:30"),
        ("working_hours", "13:30-17:00\n07:30-11:30", "giờ tăng dần"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    place: Workplace, admin: TestClient, field: str, value: str, said: str
) -> None:
    answer = edit(admin, HEALTH, **{field: value})
    assert answer.status_code == 422
    page = html.unescape(answer.text)
    assert said in page
    assert "Chưa lưu" in page
    if field not in {"successor", "superior", "kind"}:
        assert html.escape(value.split("\n")[0]) in answer.text, "what was typed is still there"
    assert now(place).edits == {}


def test_a_new_agency_and_its_end(place: Workplace, admin: TestClient) -> None:
    form = form_of(admin.get("/agencies/new").text, "/agencies")
    answer = admin.post(
        "/agencies", data=form | {"name": "Sở Dân số Thí điểm", "short_names": "SDSTĐ", "apply": "1"}
    )
    assert answer.status_code == 303, answer.text
    code = "phu-chau.so-dan-so-thi-diem"
    assert f"/agencies/{code}" in answer.headers["location"]
    edit(admin, code, valid_to="2026-06-30", successor=[HEALTH])
    directory = now(place).directory
    assert directory.resolve(code, date(2026, 7, 1)) == (HEALTH,)
    assert directory.resolve(code, date(2026, 6, 30)) == (code,)


def test_an_edit_is_undone_and_later_ones_of_others_stay(place: Workplace, admin: TestClient) -> None:
    before = place.directory.agency(HEALTH)
    edit(admin, HEALTH, aliases="Sở Y tế và Dân số thử")
    edit(admin, "phu-chau.so-tai-chinh", aliases="Sở Tài chính thử")
    history = admin.get(f"/agencies/{HEALTH}/history").text
    assert "Sở Y tế và Dân số thử" in history
    assert "Sở Tài chính thử" not in history
    form = form_of(history, f"/agencies/{HEALTH}/restore")
    answer = admin.post(f"/agencies/{HEALTH}/restore", data=form)
    assert answer.status_code == 303, answer.text
    directory = now(place).directory
    assert directory.agency(HEALTH) == before
    assert directory.agency("phu-chau.so-tai-chinh").aliases == ("Sở Tài chính thử",)  # type: ignore[union-attr]
    answer = admin.post("/config/agencies/restore", data={"version": "0"})
    assert answer.status_code == 303, answer.text
    assert now(place).directory == place.directory
    assert admin.get("/config/agencies/history").text.count("Khôi phục bản này") == 3


def test_two_admins_do_not_overwrite_each_other(place: Workplace, admin: TestClient) -> None:
    path = f"/agencies/{HEALTH}/edit"
    stale = form_of(admin.get(path).text, path)
    edit(admin, "phu-chau.so-tai-chinh", aliases="Sở Tài chính thử")
    answer = admin.post(path, data=stale | {"aliases": "Sở Y tế thử", "apply": "1"})
    assert answer.status_code == 409
    assert "đã có người khác lưu" in html.unescape(answer.text)
    assert now(place).directory.agency(HEALTH) == place.directory.agency(HEALTH)


def test_a_merge_is_shown_first_and_open_tasks_follow(place: Workplace, clock: Clock, admin: TestClient) -> None:
    morning(place, clock)
    asked = {
        "code": [HEALTH, "phu-chau.so-noi-vu"],
        "name": "Sở Y tế và Nội vụ",
        "into": "",
        "on": "2026-06-01",
    }
    shown = admin.post("/agencies/merge", data=asked)
    assert shown.status_code == 200, shown.text
    assert now(place).edits == {}, "nothing yet"
    answer = admin.post("/agencies/merge", data=form_of(shown.text, "/agencies/merge"))
    assert answer.status_code == 303, answer.text
    made = "phu-chau.so-y-te-va-noi-vu"
    assert now(place).directory.agency(HEALTH).successors == (made,)  # type: ignore[union-attr]
    with place.database.read() as connection:
        open_to = connection.execute(
            select(assignments.c.agency).where(assignments.c.state == "open", assignments.c.role == "lead")
        ).scalars()
        open_to = set(open_to)
    assert made in open_to
    assert HEALTH not in open_to


def test_a_split_is_shown_first(place: Workplace, admin: TestClient) -> None:
    path = f"/agencies/{HEALTH}/split"
    asked = {"into-0": HEALTH, "name-1": "Sở Dân số", "on": "2026-07-01"}
    shown = admin.post(path, data=asked)
    assert "Sở Dân số" in shown.text
    assert admin.post(path, data=form_of(shown.text, path)).status_code == 303
    made = now(place).directory.agency("phu-chau.so-dan-so")
    assert made is not None
    assert made.valid_from == date(2026, 7, 1)
    assert admin.post(path, data={"on": "2026-07-01"}).status_code == 422


@pytest.mark.parametrize("ending", ["xlsx", "toml"])
def test_an_export_comes_back_unchanged_and_changed(place: Workplace, admin: TestClient, ending: str) -> None:
    content = admin.get(f"/agencies/export.{ending}").content
    shown = admin.post("/agencies/import", files={"file": (f"danh-ba.{ending}", content)})
    assert shown.status_code == 200, shown.text
    assert "Không có gì thay đổi" in shown.text
    if ending == "toml":
        content = content.decode().replace('"Sở Y tế"', '"Sở Y tế Phú Châu"').encode()
        shown = admin.post("/agencies/import", files={"file": ("danh-ba.toml", content)})
        assert "Sở Y tế Phú Châu" in shown.text
        assert now(place).edits == {}
        answer = admin.post("/agencies/import/apply", data=form_of(shown.text, "/agencies/import/apply"))
        assert answer.status_code == 303, answer.text
        assert now(place).directory.agency(HEALTH).name == "Sở Y tế Phú Châu"  # type: ignore[union-attr]
    for wrong in (b"PK\x03\x04 rac", b"", b"format = 99"):
        answer = admin.post("/agencies/import", files={"file": (f"a.{ending}", io.BytesIO(wrong))})
        assert answer.status_code == 422
        assert "Traceback" not in answer.text


def test_groups_are_edited_and_taken_out(place: Workplace, admin: TestClient) -> None:
    form = form_of(admin.get("/groups/new").text, "/groups/new")
    answer = admin.post(
        "/groups/new", data=form | {"names": "các sở thử nghiệm", "members": [HEALTH], "apply": "1"}
    )
    assert answer.status_code == 303, answer.text
    code = "phu-chau.nhom-cac-so-thu-nghiem"
    assert now(place).directory.expand(code, DAY) == (HEALTH,)
    wrong = admin.post(f"/groups/{code}", data={"names": "", "members": [HEALTH]})
    assert wrong.status_code == 422
    assert "ít nhất một tên nhóm" in html.unescape(wrong.text)
    assert admin.post(f"/groups/{code}/drop", data={"apply": "1"}).status_code == 303
    assert now(place).directory.group(code) is None


def test_another_province_is_out_of_reach(place: Workplace, admin: TestClient) -> None:
    others = [one.code for one in place.directory.agencies if one.province != place.province]
    assert others
    for code in (others[0], "son-la.so-y-te", "khong-co"):
        for path in ("edit", "history", "split"):
            assert admin.get(f"/agencies/{code}/{path}").status_code == 404
        for path in ("edit", "restore", "split"):
            answer = admin.post(
                f"/agencies/{code}/{path}", data={"name": "Sở Khác", "undo": "1", "on": "2026-07-01"}
            )
            assert answer.status_code == 404
    assert now(place).edits == {}


def test_only_admins_find_the_buttons(place: Workplace, clock: Clock) -> None:
    viewer = logged_in(place, clock, "viewer")
    assert "Sửa cơ quan" not in viewer.get(f"/agencies/{HEALTH}").text
    assert not re.search("Thêm cơ quan|Hợp nhất", viewer.get("/agencies").text)


def shown(admin: TestClient, path: str, **more: object) -> str:
    """What the page before keeping says of an edited agency or group."""
    answer = admin.post(path, data=form_of(admin.get(path).text, path) | more)
    assert answer.status_code == 200, answer.text
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.text)))


def test_a_changed_address_is_shown_with_its_tasks_before_it_is_kept(place: Workplace, admin: TestClient) -> None:
    page = shown(admin, f"/agencies/{HEALTH}/edit", contact_email=["moi@soyte.example", "", ""])
    assert re.search(r"Sở Y tế d•••@so-y-te\S+ \(thư điện tử\) m•••@soyte\.example \(thư điện tử\) \d+", page), page
    assert "0 nhiệm vụ đổi cơ quan" in page
    assert re.search(r"[1-9] nơi nhận thay đổi", page)
    assert now(place).edits == {}


def test_an_agency_that_could_not_be_reminded_is_named_before_it_is_kept(
    place: Workplace, admin: TestClient
) -> None:
    none = ["", "", ""]
    page = shown(admin, f"/agencies/{HEALTH}/edit", contact_email=none, contact_phone=none, contact_zalo_uid=none)
    assert "1 cơ quan không còn ai để nhắc" in page
    assert re.search(r"Không còn ai để nhắc Sở Y tế \d+ nhiệm vụ", page)
    assert now(place).edits == {}


def test_a_name_that_a_plan_prints_is_found_and_lost_again(place: Workplace, admin: TestClient) -> None:
    council = "Ban Điều phối nước liên vùng Hạ Châu"
    page = shown(admin, f"/agencies/{HEALTH}/edit", aliases=council)
    assert f"Tên trong văn bản nay nhận ra 1 “ {council} ” 1 nhiệm vụ" in page
    assert "1 nhiệm vụ đổi cơ quan" in page
    assert "Điều phối nguồn nước thô" in page
    edit(admin, HEALTH, aliases=council)
    back = shown(admin, f"/agencies/{HEALTH}/edit", aliases="")
    assert f"Tên trong văn bản không còn nhận ra 1 “ {council} ” 1 nhiệm vụ" in back


def test_what_is_shown_before_is_what_is_kept(place: Workplace, admin: TestClient) -> None:
    path = f"/agencies/{HEALTH}/edit"
    typed = form_of(admin.get(path).text, path) | {
        "aliases": "Sở A\nSở B",
        "contact_name": ["Bà <b>“Mới”</b>", "", ""],
    }
    before = admin.post(path, data=typed)
    again = admin.post(path, data=form_of(before.text, path) | {"again": "1"})
    assert again.status_code == 200
    sent = form_of(again.text, path)
    assert sent["aliases"] == ["Sở A\nSở B"]
    assert sent["contact_name"][0] == "Bà <b>“Mới”</b>"
    assert now(place).edits == {}
    kept = admin.post(path, data=form_of(before.text, path))
    assert kept.status_code == 303, kept.text
    agency = now(place).directory.agency(HEALTH)
    assert agency is not None
    assert agency.aliases == ("Sở A", "Sở B")
    assert agency.contacts[0].name == "Bà <b>“Mới”</b>"


def test_a_group_shows_whom_its_tasks_go_to(place: Workplace, admin: TestClient) -> None:
    path = next(f"/groups/{one.code}" for one in place.directory.groups if one.names[0] == "UBND các xã, phường")
    page = shown(admin, path, exceptions=["phu-chau.xa-hoa-an"])
    assert re.search(r"[1-9]\d* nhiệm vụ đổi cơ quan", page)
    assert "Ủy ban nhân dân xã Hòa An" in page
    gone = admin.post(f"{path}/drop").text
    assert "Bỏ khỏi danh bạ" in gone
    assert "Ảnh hưởng đến nhiệm vụ đang theo dõi" in gone
    assert now(place).edits == {}


def test_the_foreseen_is_what_follows(place: Workplace, clock: Clock, admin: TestClient) -> None:
    """Every task that the page names changes, no other does, and the agencies are those that it named."""
    morning(place, clock)
    made = merge(place.directory, [HEALTH, "phu-chau.so-noi-vu"], _new_office(place), DAY)
    effect = redirect(place, made, DAY)

    def standing() -> dict[int, set[tuple[str, str]]]:
        found: dict[int, set[tuple[str, str]]] = {}
        with place.database.read() as connection:
            rows = connection.execute(select(assignments).where(assignments.c.state != "withdrawn"))
            for row in rows:
                found.setdefault(row.task_id, set()).add((row.agency, row.role))
        return found

    before = standing()
    form = {
        "code": [HEALTH, "phu-chau.so-noi-vu"],
        "name": "Sở Y tế và Nội vụ",
        "on": DAY.isoformat(),
        "apply": "1",
    }
    assert admin.post("/agencies/merge", data=form).status_code == 303
    after = standing()
    moved = {task for task in before if before[task] != after.get(task)}
    assert moved == {one.task_id for one in effect.reassigned}
    assert moved
    for one in effect.reassigned:
        assert before[one.task_id] - set(one.gone) | set(one.come) == after[one.task_id]
    assert {one.agency for one in effect.rerouted if one.before is None} == {"phu-chau.so-y-te-va-noi-vu"}


def _new_office(place: Workplace) -> Agency:
    health = place.directory.agency(HEALTH)
    assert health is not None
    return replace(health, code="phu-chau.so-y-te-va-noi-vu", name="Sở Y tế và Nội vụ", short_names=(), aliases=())
