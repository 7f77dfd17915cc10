"""The operator's morning digest: one mail a working day, what it says, and when there is none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import select, update

from flows.steps import completing, events
from flows.steps.clock import standing_at
from flows.steps.daily import run_daily
from flows.steps.digest_sections import referred_section
from flows.steps.importing import import_file
from flows.steps.workplace import Workplace, open_workplace
from notifiers.digest import Digest, Item, Section, Topic, render_digest
from store.events import EventRecord
from store.schema import deadlines, messages, reminders, tasks
from tests.conftest import SAMPLES
from tests.smtp_sink import Mailbox, Sink

START = date(2026, 5, 25)
PLANS = sorted(SAMPLES.glob("*.txt"))


class Morning:
    def __init__(self, place: Workplace, mail: Mailbox) -> None:
        self.place, self.mail = place, mail

    def run(self, day: date) -> list[EmailMessage]:
        """The digests that one day's run sends."""
        before = len(self.mail.messages)
        run_daily(self.place, clock=self.clock(day), day=day)
        operator = self.place.settings.office.reply_to
        mails = [mail for to, mail in self.mail.messages[before:] if to == operator]
        return [mail for mail in mails if "Bản tin" in str(mail["Subject"])]

    def days(self, count: int) -> list[date]:
        """The days from the start on; on PostgreSQL, where time goes as on SQLite, one of each week."""
        return [START + timedelta(days=n) for n in range(0, count, 1 if self.place.database.is_sqlite else 7)]

    def clock(self, day: date):  # type: ignore[no-untyped-def]
        schedule = self.place.settings.schedule
        return standing_at(day, schedule.work_from, schedule.zone)

    def take_in(self, day: date, files: list[Path] = PLANS) -> None:
        self.place.ready()
        for file in files:
            import_file(self.place, file, now=self.clock(day)(), today=day, actor="test")


@pytest.fixture
def morning(environment: dict[str, str], database_url: str) -> Iterator[Morning]:
    with Sink() as sink:
        place = open_workplace(environment | {"DONDOC_SMTP_URL": sink.url, "DONDOC_DATABASE_URL": database_url})
        place.ready()
        yield Morning(place, sink.mailbox)
        place.database.close()


def words(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())


def test_one_digest_a_working_day_says_what_is_new_late_due_and_unreachable(morning: Morning) -> None:
    morning.take_in(START)
    first = morning.run(START)
    assert len(first) == 1
    said = words(first[0])
    for heading in (
        "MỚI ĐƯA VÀO THEO DÕI (2)",
        "NHIỆM VỤ ĐÃ QUÁ HẠN",
        "ĐẾN HẠN TRONG 7 NGÀY",
        "CHƯA THỂ NHẮC CƠ QUAN NÀO",
    ):
        assert heading in said
    assert "Kế hoạch số 12/KH-UBND ngày 05/01/2026" in said
    assert not morning.run(START), "once a day"
    second = morning.run(START + timedelta(days=1))
    assert len(second) == 1
    assert "MỚI ĐƯA VÀO THEO DÕI" not in words(second[0])
    assert not morning.run(date(2026, 5, 30)), "Saturday"


def test_a_task_of_many_agencies_is_one_line_for_the_office() -> None:
    row = {
        "due_id": 7,
        "title": "Rà soát quy chế",
        "plan_kind": "Kế hoạch",
        "plan_number": "12/KH-UBND",
        "issued_on": date(2026, 1, 5),
        "plan_title": "",
        "number": "3",
        "lead_text": "Các sở, ban, ngành",
        "on_date": date(2026, 5, 1),
    }
    rows = [SimpleNamespace(**row, note=f"Cơ quan chủ trì: Sở {name}.") for name in ("A", "B", "B", "C")]
    alone = SimpleNamespace(**row | {"due_id": 8, "lead_text": "Sở A"}, note="Cơ quan chủ trì: Sở A.")
    section = referred_section([*rows, alone], START)
    assert section.total == 2
    assert [item.note for item in section.items] == ["3 cơ quan chủ trì chưa có kết quả.", ""]


def test_nothing_to_say_is_said_once_a_week(morning: Morning) -> None:
    days = [START + timedelta(days=n) for n in range(14)]
    sent = {day: morning.run(day) for day in days}
    assert [day for day, mails in sent.items() if mails] == [START, START + timedelta(days=7)]
    assert "Hệ thống hoạt động bình thường" in words(sent[START][0])


def test_awaited_documents_are_asked_for_by_the_policy_and_no_more_when_issued(morning: Morning) -> None:
    morning.take_in(START)
    asked = {}
    for day in morning.days(40):
        for mail in morning.run(day):
            if "ĐÃ BAN HÀNH CHƯA?" in words(mail):
                asked[day] = words(mail)
    assert list(asked) == [date(2026, 6, 8), date(2026, 6, 22)], "after 14 days and every 14 days"
    question = "Quyết định của Thủ tướng Chính phủ: đã ban hành chưa?"
    assert question in asked[date(2026, 6, 8)]
    assert "Nhiệm vụ 8.2: đã hoàn thành chưa?" in asked[date(2026, 6, 8)]
    now = morning.clock(date(2026, 7, 3))()
    event = EventRecord(
        issuer="Thủ tướng Chính phủ",
        instrument="Quyết định",
        number="99/QĐ-TTg",
        on_date=date(2026, 7, 1),
        subject="",
    )
    with morning.place.database.read() as connection:
        found = events.propose(connection, morning.place.province, event)
    number = events.record_event(morning.place, event, now=now, actor="test")
    pairs = [(one.held.task_id, one.held.term) for one in found if "dữ liệu dùng chung" in one.held.waiting.title]
    assert pairs
    events.confirm(morning.place, number, pairs, on=date(2026, 7, 1), now=now, today=date(2026, 7, 3), actor="test")
    later = morning.run(date(2026, 7, 6))
    assert "đã ban hành chưa?" in words(later[0])
    assert question not in words(later[0])


def test_a_digest_that_could_not_leave_is_replaced_by_the_next(morning: Morning) -> None:
    morning.take_in(START)
    operator = morning.place.settings.office.reply_to
    morning.mail.refuse[operator] = "451 4.3.0 try again later"
    assert not morning.run(START)
    assert not morning.run(START + timedelta(days=1))
    del morning.mail.refuse[operator]
    got = morning.run(START + timedelta(days=2))
    assert len(got) == 1
    assert "MỚI ĐƯA VÀO THEO DÕI (2)" in words(got[0]), "it reaches back to the last that was sent"
    assert not morning.run(START + timedelta(days=2))
    with morning.place.database.read() as connection:
        states = connection.execute(select(messages.c.state).where(messages.c.purpose == "digest")).scalars()
        assert sorted(states).count("sent") == 1


def test_what_is_referred_to_the_operator_comes_in_the_digest_and_is_told_once(morning: Morning) -> None:
    morning.take_in(START)
    said = []
    for day in morning.days(45):
        mails = morning.run(day)
        assert len(mails) <= 1
        said += [words(mail) for mail in mails]
    assert any("ĐỀ NGHỊ VĂN PHÒNG XEM XÉT" in text for text in said)
    with morning.place.database.read() as connection:
        rows = connection.execute(
            select(reminders.c.state, messages.c.purpose)
            .join(messages, messages.c.id == reminders.c.message_id)
            .where(reminders.c.agency == "operator")
        ).all()
    assert rows
    assert {row.purpose for row in rows} == {"digest"}
    assert {row.state for row in rows} <= {"told", "withdrawn"}


def test_failures_and_unknown_outcomes_are_told_until_somebody_decides(morning: Morning) -> None:
    morning.take_in(START)
    morning.run(START)
    with morning.place.database.write() as connection:
        one = connection.execute(select(messages).where(messages.c.purpose == "reminders").limit(1)).one()
        connection.execute(update(messages).where(messages.c.id == one.id).values(state="unconfirmed"))
    for n in (1, 2):
        said = words(morning.run(START + timedelta(days=n))[0])
        assert "GỬI CHƯA ĐƯỢC HOẶC CHƯA RÕ KẾT QUẢ" in said
        assert "Chưa rõ đã nhận hay chưa" in said
        assert morning.place.directory.name(one.agency) in said


def test_the_weekly_report_comes_with_the_first_digest_of_the_week(morning: Morning) -> None:
    morning.take_in(START)
    files = {}
    for n in range(15):
        day = START + timedelta(days=n)
        for mail in morning.run(day):
            files[day] = [part.get_filename() for part in mail.iter_attachments()]
    assert {day for day, names in files.items() if names} == {date(2026, 6, 1), date(2026, 6, 8)}
    assert files[date(2026, 6, 8)] == ["bao-cao-20260601-20260607.docx", "bao-cao-20260601-20260607.xlsx"]
    assert "bao-cao-20260501-20260531.docx" in files[date(2026, 6, 1)], "and the monthly one"


def test_the_unreminded_of_the_digest_are_those_of_the_attention_list(morning: Morning) -> None:
    from flows.steps.listing import all_tasks
    from flows.steps.reach import reachable
    from store.digests import unreminded
    from store.tasks import Standing

    morning.take_in(START)
    morning.run(START)
    with morning.place.database.write() as connection:
        some = select(tasks.c.id).order_by(tasks.c.id).limit(7)
        connection.execute(update(deadlines).where(deadlines.c.task_id.in_(some)).values(state="unread"))
        completing.complete_within(
            connection,
            morning.place,
            connection.execute(select(tasks.c.id).order_by(tasks.c.id)).scalars().all()[9],
            on=START,
            document=None,
            due_key=None,
            now=datetime.now().astimezone(),
            today=START,
            actor="test",
        )
    with morning.place.database.read() as connection:
        expected = [t.id for t in all_tasks(connection, morning.place) if t.standing is Standing.ATTENTION]
        found = unreminded(connection, morning.place.province, reachable(connection, morning.place))
    assert len(expected) > 7
    assert found == expected


HOSTILE = "{{ 7*7 }} <script>alert(1)</script>\r\nBcc: x@y.example\x00 \u202egnp.exe"


def test_hostile_words_stay_words() -> None:
    item = Item(
        title=HOSTILE, agency=HOSTILE, note=HOSTILE, status=HOSTILE, place=HOSTILE, link="javascript:alert(1)"
    )
    made = render_digest(
        Digest(
            office=HOSTILE,
            on=START,
            sections=(Section(topic=Topic.LATE, items=(item,), total=99),),
            reports=(HOSTILE,),
        ),
        key="k",
        to="a@b.example",
        created=datetime(2026, 5, 25, 8).astimezone(),
    )
    assert "\n" not in made.subject
    for text in (made.text, made.html):
        assert "{{ 7*7 }}" in text
        assert "\x00" not in text
        assert "\u202e" not in text
        assert "javascript" not in text
    assert "<script>" not in made.html
    assert "và 98 mục khác" in made.text


@pytest.mark.parametrize("topic", list(Topic))
def test_every_topic_has_its_words(topic: Topic) -> None:
    item = Item(title="Việc mẫu", due=START, status="Còn 1 ngày")
    made = render_digest(
        Digest(office="Văn phòng", on=START, sections=(Section(topic=topic, items=(item,), total=1),)),
        key="k",
        to="a@b.example",
        created=datetime(2026, 5, 25, 8).astimezone(),
    )
    assert "Việc mẫu" in made.text
    assert "25/05/2026" in made.html
