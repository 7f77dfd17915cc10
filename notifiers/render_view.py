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


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskView:
    position: int
    number: str
    title: str
    plan: str
    product: str
    deadline_text: str
    due: str
    status: str
    role: str
    note: str
    link: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    urgency: str
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
    """The lines, most urgent first, then by date, those without one last; else as given."""
    return tuple(sorted(notice.lines, key=lambda item: (_RANK[item.urgency], item.due or date.max)))


def view_of(notice: Notice, *, shown: int, sheet_name: str = "", calendar_name: str = "") -> View:
    """The first `shown` lines as groups. Raises ValueError for a notice without lines."""
    lines = ordered(notice)
    if not lines:
        raise ValueError("a notice needs at least one line")
    tasks = [_task(position, item) for position, item in enumerate(lines, start=1)]
    top = lines[0].urgency
    counts = Counter(item.urgency for item in lines)
    return View(
        agency=line(notice.agency),
        addressed_to=line(notice.addressed_to),
        sender=line(notice.sender) or f"Văn phòng UBND {line(notice.province)}".strip(),
        province=line(notice.province),
        on=_day(notice.on),
        total=len(lines),
        top=top.value,
        top_count=counts[top],
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
        status=status(item),
        role="" if item.role == "lead" else coordinating,
        note=line(item.note),
        link=web_link(item.link),
    )


def _groups(lines: tuple[Line, ...], tasks: list[TaskView], counts: Counter[Urgency]) -> tuple[Group, ...]:
    groups = []
    for urgency in dict.fromkeys(item.urgency for item in lines):
        own = tuple(task for item, task in zip(lines, tasks, strict=False) if item.urgency is urgency)
        tone = _TONE.get(urgency, "calm")
        groups.append(Group(urgency=urgency.value, tone=tone, total=counts[urgency], tasks=own))
    return tuple(groups)


def _counted(counts: Counter[Urgency]) -> str:
    by_words: dict[str, int] = {}
    for urgency in Urgency:
        if counts[urgency]:
            by_words[_COUNTED[urgency]] = by_words.get(_COUNTED[urgency], 0) + counts[urgency]
    return ", ".join(f"{number} {words}" for words, number in by_words.items())


def _day(day: date) -> str:
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def web_link(address: str | None) -> str:
    """Only what opens in a browser; anything else is left out."""
    text = quote(line(address or ""), safe=_URL_MARKS)
    return text if text.lower().startswith(("https://", "http://")) else ""
