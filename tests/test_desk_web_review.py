"""Looking at a plan before it is imported: what a person sets right there, and changes told in sentences."""

from __future__ import annotations

import html
import os
import re
import time

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from flows.steps.workplace import Workplace
from store.schema import dues, tasks
from tests.conftest import SAMPLES
from tests.desk_gallery import PLAN, form_of
from tests.desk_samples import Clock, logged_in, morning, with_samples
from tests.test_flows_versions import FIRST, PROSE, text

UNREADABLE = "khi hoa phượng nở rộ lần thứ nhì"
TITLE = "Kiểm tra thực tế việc sử dụng phần mềm dùng chung tại cơ sở"


@pytest.fixture
def clock(place: Workplace) -> Clock:
    return Clock(place)


@pytest.fixture
def operator(place: Workplace, clock: Clock) -> TestClient:
    return logged_in(place, clock, "operator")


def dropped(client: TestClient, name: str, words: str) -> str:
    """The path of the review of a file."""
    return str(client.post("/plans/upload", files={"file": (name, words.encode())}).headers["location"])


def titles(place: Workplace) -> dict[str, object]:
    with place.database.read() as connection:
        return {row.title: row for row in connection.execute(select(tasks))}


def the_page(client: TestClient, path: str) -> str:
    return html.unescape(client.get(path).text)


@pytest.fixture
def amended(place: Workplace, operator: TestClient) -> str:
    """The review of a decision that changes tasks 3 and 2, abolishes 1 and names a task that is not there."""
    first = dropped(operator, "ke-hoach.txt", text(FIRST))
    assert operator.post(first, data=form_of(operator.get(first).text, first)).status_code == 303
    return dropped(operator, "quyet-dinh.txt", PROSE)


def test_changes_told_in_sentences_are_shown_and_the_sure_ones_ticked(operator: TestClient, amended: str) -> None:
    shown = the_page(operator, amended)
    assert "Chỉ dẫn sửa đổi trong lời văn" in shown
    assert "2. Bãi bỏ nhiệm vụ số 1 Phụ lục." in shown or "Bãi bỏ nhiệm vụ số 1 Phụ lục" in shown
    assert "<ins>Quý IV/2026</ins>" in shown
    assert "nhiệm vụ số 9" in shown, "what fits no stored task is named too"
    boxes = re.findall(r'name="confirm" value="(\d+)/\d+"( checked)?', shown)
    assert boxes == [("1", " checked"), ("2", " checked"), ("3", "")]


def test_only_what_is_ticked_is_carried_out(place: Workplace, operator: TestClient, amended: str) -> None:
    form = form_of(operator.get(amended).text, amended)
    assert len(form["confirm"]) == 2
    answer = operator.post(amended, data=form | {"confirm": form["confirm"][:1]})
    assert answer.status_code == 303, html.unescape(answer.text)
    after = titles(place)
    assert after[FIRST[0][1]].state == "open", "its abolition was not ticked"
    with place.database.read() as connection:
        days = connection.execute(
            select(dues.c.on_date).where(dues.c.task_id == after[FIRST[2][1]].id, dues.c.state == "open")
        ).scalars()
        assert [f"{day:%d/%m/%Y}" for day in days] == ["31/12/2026"]


def test_nothing_is_carried_out_where_nothing_is_ticked(
    place: Workplace, operator: TestClient, amended: str
) -> None:
    before = titles(place)
    assert operator.post(amended, data={}).status_code == 303
    after = titles(place)
    assert {name: (row.state, row.deadline_text) for name, row in before.items()} == {
        name: (row.state, row.deadline_text) for name, row in after.items() if name in before
    }
    assert "chưa được áp dụng" in the_page(operator, "/plans")


@pytest.mark.parametrize("made_up", ["1/99999", "9/1", "2/3/1", "1/x", "/", "-1/1", "٣/١"])
def test_a_tick_that_means_another_task_changes_nothing(
    place: Workplace, operator: TestClient, amended: str, made_up: str
) -> None:
    before = titles(place)
    answer = operator.post(amended, data={"confirm": made_up})
    assert answer.status_code in {303, 422}
    assert {name: row.state for name, row in titles(place).items() if name in before} == {
        name: row.state for name, row in before.items()
    }


def test_a_deadline_in_other_words_and_a_lead_are_set_before_the_import(
    place: Workplace, operator: TestClient, clock: Clock
) -> None:
    words = (SAMPLES / PLAN).read_text(encoding="utf-8")
    start = words.index(TITLE)
    cells = words[start:].split("|\n", 6)
    cells[1], cells[4] = " ", f"{UNREADABLE} "
    path = dropped(operator, PLAN, words[:start] + "|\n".join(cells))
    shown = operator.get(path).text
    form = form_of(shown, path)
    place_of = next(
        at for at, part in enumerate(shown.split('<article class="card late">')[1:]) if TITLE in html.unescape(part)
    )
    form[f"instead-{place_of}"], form[f"lead-{place_of}"] = ["Quý III/2026"], ["phu-chau.so-tai-chinh"]
    answer = operator.post(path, data=form)
    assert answer.status_code == 303, html.unescape(answer.text)
    task = titles(place)[TITLE].id
    shown = the_page(operator, f"/tasks/{task}")
    assert "30/09/2026" in shown
    assert "Sở Tài chính" in shown
    assert UNREADABLE in shown, "the printed words stay"


def test_words_that_cannot_be_read_are_told_and_the_plan_is_in(place: Workplace, operator: TestClient) -> None:
    words = (SAMPLES / PLAN).read_text(encoding="utf-8")
    path = dropped(operator, PLAN, words)
    form = form_of(operator.get(path).text, path)
    form["instead-0"] = [UNREADABLE]
    answer = operator.post(path, data=form)
    assert answer.status_code == 422
    assert UNREADABLE in html.unescape(answer.text)
    assert TITLE in titles(place)


def test_what_is_reported_is_late_neither_in_the_count_nor_in_the_list(place: Workplace, clock: Clock) -> None:
    """Today's figure is the number of rows behind its link."""
    from flows.steps.answering import Said, receive
    from tests.desk_gallery import AGENCY
    from tests.desk_samples import lead_due

    with_samples(place)
    morning(place, clock)
    client = logged_in(place, clock, "viewer")

    def late() -> tuple[str, str]:
        figure = re.search(r'class="late" href="/tasks\?status=late"><b>([\d.]+)</b>', client.get("/").text)
        listed = re.search(r"<span>([\d.]+)\s", client.get("/tasks?status=late").text)
        assert figure is not None
        assert listed is not None
        return figure[1], listed[1]

    before = late()
    assert before[0] == before[1]
    _, due = lead_due(place, AGENCY)
    said = Said(kind="done", document="1/BC", on=clock().date(), text="")
    receive(place, AGENCY, due, said, now=clock(), today=clock().date())
    after = late()
    assert after[0] == after[1]
    assert int(after[0]) == int(before[0]) - 1


def test_a_file_that_nobody_goes_on_with_is_deleted(place: Workplace, operator: TestClient) -> None:
    old, new = dropped(operator, "ke-hoach.txt", text(FIRST)), dropped(operator, "khac.txt", text(FIRST) + "\nhai")
    folder = place.settings.var / "uploads"
    for file in folder.glob(f"{old.rpartition('/')[2]}*"):
        os.utime(file, (0, time.time() - 8 * 86400))
    assert len(list(folder.iterdir())) == 4
    dropped(operator, "ba.txt", text(FIRST) + "\nba")
    assert len(list(folder.iterdir())) == 4
    assert operator.get(old).status_code == 404
    assert operator.get(new).status_code == 200
