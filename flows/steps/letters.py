"""A draft *công văn đôn đốc* to one agency with its annex: for a person to number, date and sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from config.settings import Office
from deadlines.status import Status, days_late, status_on
from flows.steps.composing import plan_name
from flows.steps.numbers import number
from flows.steps.official_docx import CENTRE, Official, issuer_of
from flows.steps.workplace import Workplace
from store.history import TaskThen, tasks_as_of

NEAR = timedelta(days=30)
"""How near a date must be to stand in the annex of a letter."""
ANSWER_WITHIN = 5
"""Working days that the agency has to answer."""

_COLUMNS = (
    ("TT", 12.0),
    ("Nhiệm vụ", 89.0),
    ("Kết quả, sản phẩm", 40.0),
    ("Văn bản giao", 50.0),
    ("Thời hạn", 28.0),
    ("Tình trạng", 33.0),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Urged:
    """One row of the annex."""

    plan: str
    number: str
    title: str
    product: str
    due: date
    late: int
    """Calendar days late; 0 where the date is still ahead."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    agency: str
    on: date
    rows: tuple[Urged, ...]
    answer_by: date

    @property
    def late(self) -> int:
        return sum(row.late > 0 for row in self.rows)


def letter(connection: Connection, workplace: Workplace, agency: str, on: date) -> Letter | None:
    """What an agency is to be urged to do on `on`, the latest first; None where there is nothing."""
    tasks = tasks_as_of(connection, workplace.province, on, agency=agency, ended_since=on + timedelta(days=1))
    rows = [row for task in tasks if not _own_part_done(task, agency, on) for row in _urged(task, on)]
    if not rows:
        return None
    answer_by = on
    for _ in range(ANSWER_WITHIN):
        answer_by = workplace.calendar.on_or_after(answer_by + timedelta(days=1))
    return Letter(
        agency=workplace.directory.name(agency),
        on=on,
        rows=tuple(sorted(rows, key=lambda row: (row.due, row.plan, row.number))),
        answer_by=answer_by,
    )


def _own_part_done(task: TaskThen, agency: str, on: date) -> bool:
    return any(code == agency and done is not None and done <= on for code, done in task.leads)


def _urged(task: TaskThen, on: date) -> Sequence[Urged]:
    found = []
    for due in task.dues:
        open_then = due.done_on is None or due.done_on > on
        if due.track != "due" or not open_then or due.blocked or due.late_from is None or due.on > on + NEAR:
            continue
        late = status_on(on, late_from=due.late_from) is Status.OPEN_LATE
        found.append(
            Urged(
                plan=plan_name(task.plan_kind, task.plan_number, task.plan_issued_on, task.plan_title),
                number=task.number,
                title=task.title,
                product=task.product,
                due=due.on,
                late=max(1, days_late(on, on=due.on)) if late else 0,
            )
        )
    return found


def letter_docx(made: Letter, office: Office, *, now: datetime) -> bytes:
    """The draft. Number, day and signature stay empty."""
    page = Official(f"Công văn đôn đốc {made.agency}", now)
    page.head(issuer_of(office), f"{office.symbol}-TH", now, subject="đôn đốc thực hiện nhiệm vụ được giao")
    page.say("", indent=False)
    page.say(f"Kính gửi: {made.agency}", align=CENTRE, indent=False)
    for words in _body(made, office):
        page.say(words)
    page.close(("Như trên", "Lãnh đạo UBND tỉnh (để báo cáo)", "Lưu: VT"))
    dated = f"ngày       tháng       năm {now.year}"
    page.annex(
        "PHỤ LỤC",
        f"DANH MỤC NHIỆM VỤ QUÁ HẠN VÀ SẮP ĐẾN HẠN CỦA {made.agency.upper()}",
        f"Kèm theo Công văn số          /{office.symbol}-TH {dated} của {office.name}",
    )
    page.table(_COLUMNS, [_row(at, row, made.on) for at, row in enumerate(made.rows, start=1)])
    return page.bytes()


def _body(made: Letter, office: Office) -> list[str]:
    near = len(made.rows) - made.late
    counted = " và ".join(
        words
        for words, many in (
            (f"{number(made.late)} nhiệm vụ đã quá hạn", made.late),
            (f"{number(near)} nhiệm vụ sắp đến hạn", near),
        )
        if many
    )
    asked = [
        f"Qua theo dõi việc thực hiện các nhiệm vụ được giao, tính đến ngày {made.on:%d/%m/%Y}, {made.agency} còn "
        f"{counted} (danh mục tại Phụ lục kèm theo).",
        f"{office.name} đề nghị {made.agency}:",
    ]
    wanted = []
    if made.late:
        wanted.append(
            "Khẩn trương rà soát, hoàn thành các nhiệm vụ đã quá hạn theo đúng nội dung, chất lượng; báo cáo rõ "
            "nguyên nhân chậm, trách nhiệm của tập thể, cá nhân có liên quan và thời gian hoàn thành."
        )
    if near:
        wanted.append("Chủ động thực hiện các nhiệm vụ sắp đến hạn, bảo đảm đúng tiến độ, chất lượng.")
    wanted.append(
        f"Báo cáo kết quả thực hiện về {office.name} trước ngày {made.answer_by:%d/%m/%Y} để tổng hợp, báo cáo "
        "lãnh đạo UBND tỉnh."
    )
    asked += [f"{at}. {words}" for at, words in enumerate(wanted, start=1)]
    return [*asked, f"{office.name} đề nghị {made.agency} quan tâm, thực hiện./."]


def _row(position: int, row: Urged, on: date) -> tuple[str, ...]:
    title = f"[{row.number}] {row.title}" if row.number else row.title
    ahead = (row.due - on).days
    status = f"Quá hạn {row.late} ngày" if row.late else f"Còn {ahead} ngày" if ahead > 0 else "Đến hạn hôm nay"
    return (str(position), title, row.product, row.plan, f"{row.due:%d/%m/%Y}", status)


__all__ = ["Letter", "Urged", "letter", "letter_docx"]
