"""What templates see of a notice: words and dates ready to print, most urgent first, nothing to compute."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from notifiers.message import Line, Notice, Urgency
from notifiers.render_clean import line, shorten

_URL_MARKS = "%:/?#[]@!$&'()*+,;=-._~"
_RANK = {urgency: rank for rank, urgency in enumerate(Urgency)}
_TONE = {Urgency.ESCALATED: "hot", Urgency.OVERDUE: "hot", Urgency.TODAY: "warm", Urgency.SOON: "warm"}
_COUNTED = {
    Urgency.ESCALATED: "quá hạn",
    Urgency.OVERDUE: "quá hạn",
    Urgency.TODAY: "đến hạn hôm nay",
    Urgency.SOON: "sắp đến hạn",
    Urgency.OPENING: "bắt đầu thực hiện",
    Urgency.CHANGED: "thay đổi thời hạn",
    Urgency.REPORT: "đến kỳ báo cáo",
    Urgency.NEW: "mới được giao",
    Urgency.QUESTION: "chờ văn bản",
}

_DUE_LABELS = {Urgency.OPENING: "Thời gian bắt đầu", Urgency.REPORT: "Hạn báo cáo"}


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskView:
    position: int
    number: str
    title: str
    plan: str
    product: str
    deadline_text: str
    due: str
    due_label: str
    """What the date is: of an opening it is the first day and no deadline."""
    due_word: str
    status: str
    role: str
    note: str
    link: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    urgency: str
    coordinating: bool
    """True where the agency only helps with these tasks."""
    tone: str
    total: int
    tasks: tuple[TaskView, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    agency: str
    addressed_to: str
    sender: str
    province: str
    on: str
    total: int
    top: str
    top_count: int
    coordinating: bool
    """True where the agency only helps with the most urgent tasks."""
    oversees: bool
    """True where the most urgent tasks are those of a body under the agency."""
    leads: bool
    """True where the agency leads any of the tasks."""
    counts_text: str
    first: TaskView
    short_title: str
    groups: tuple[Group, ...]
    hidden: int
    sheet_name: str
    calendar_name: str
    link: str
    reply_to: str
    subject: str = ""


def ordered(notice: Notice) -> tuple[Line, ...]:
    """Most urgent first, what the agency leads before what it helps with, then by date, those without one last."""
    return tuple(sorted(notice.lines, key=lambda item: (*_rank(item), item.due or date.max)))


def _rank(item: Line) -> tuple[int, bool, bool]:
    return (_RANK[item.urgency], _helps(item), item.role != "lead")


def _helps(item: Line) -> bool:
    return item.role == "coordinating"


def view_of(notice: Notice, *, shown: int, sheet_name: str = "", calendar_name: str = "") -> View:
    """The first `shown` lines as groups. Raises ValueError for a notice without lines."""
    lines = ordered(notice)
    if not lines:
        raise ValueError("a notice needs at least one line")
    tasks = [_task(position, item) for position, item in enumerate(lines, start=1)]
    top = lines[0].urgency
    counts = Counter((item.urgency, _helps(item)) for item in lines)
    return View(
        agency=line(notice.agency),
        addressed_to=line(notice.addressed_to),
        sender=line(notice.sender) or f"Văn phòng UBND {line(notice.province)}".strip(),
        province=line(notice.province),
        on=_day(notice.on),
        total=len(lines),
        top=top.value,
        top_count=counts[top, _helps(lines[0])],
        coordinating=_helps(lines[0]),
        oversees=lines[0].role == "overseeing",
        leads=any(item.role == "lead" for item in lines),
        counts_text=_counted(counts),
        first=tasks[0],
        short_title=shorten(tasks[0].title, 90),
        groups=_groups(lines[:shown], tasks, counts),
        hidden=max(0, len(lines) - shown),
        sheet_name=sheet_name,
        calendar_name=calendar_name,
        link=web_link(notice.link),
        reply_to=line(notice.reply_to or ""),
    )


def status(item: Line) -> str:
    """How the line stands, in a few words."""
    if item.urgency is Urgency.QUESTION:
        return "Chờ văn bản ban hành"
    if item.urgency is Urgency.OPENING:
        return "Bắt đầu thực hiện"
    days = item.days_left
    if item.urgency is Urgency.REPORT:
        return _remaining(days) if days is not None and days > 0 else "Đến kỳ báo cáo"
    if item.urgency is Urgency.NEW and days is None:
        return "Mới được giao"
    if days is None:
        return _COUNTED[item.urgency].capitalize()
    return _remaining(days)


def _remaining(days: int) -> str:
    if days < 0:
        return f"Quá hạn {-days} ngày"
    return "Đến hạn hôm nay" if days == 0 else f"Còn {days} ngày"


def _task(position: int, item: Line) -> TaskView:
    lead = line(item.lead)
    coordinating = f"Phối hợp (chủ trì: {lead})" if lead else "Phối hợp"
    return TaskView(
        position=position,
        number=line(item.number),
        title=line(item.title),
        plan=line(item.plan),
        product=line(item.product),
        deadline_text=line(item.deadline_text),
        due=_day(item.due) if item.due else "",
        due_label=_DUE_LABELS.get(item.urgency, "Thời hạn"),
        due_word="từ ngày" if item.urgency is Urgency.OPENING else "hạn",
        status=status(item),
        role=coordinating if _helps(item) else "",
        note=line(item.note),
        link=web_link(item.link),
    )


_Counts = Counter[tuple[Urgency, bool]]
"""By urgency, and by whether the agency only helps."""


def _groups(lines: tuple[Line, ...], tasks: list[TaskView], counts: _Counts) -> tuple[Group, ...]:
    groups = []
    for key in dict.fromkeys((item.urgency, _helps(item)) for item in lines):
        urgency, helps = key
        same = (task for item, task in zip(lines, tasks, strict=False) if (item.urgency, _helps(item)) == key)
        tone = "calm" if helps else _TONE.get(urgency, "calm")
        groups.append(
            Group(urgency=urgency.value, coordinating=helps, tone=tone, total=counts[key], tasks=tuple(same))
        )
    return tuple(groups)


def _counted(counts: _Counts) -> str:
    """By urgency; what the agency only helps with is one number at the end, unless it is all there is."""
    alone = all(helps for _, helps in counts)
    by_words: dict[str, int] = {}
    for (urgency, helps), number in sorted(counts.items(), key=lambda one: (one[0][1], _RANK[one[0][0]])):
        words = "phối hợp" if helps and not alone else _COUNTED[urgency] + (" (phối hợp)" if helps else "")
        by_words[words] = by_words.get(words, 0) + number
    return ", ".join(f"{number} {words}" for words, number in by_words.items())


def _day(day: date) -> str:
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def web_link(address: str | None) -> str:
    """Only what opens in a browser; anything else is left out."""
    text = quote(line(address or ""), safe=_URL_MARKS)
    return text if text.lower().startswith(("https://", "http://")) else ""
