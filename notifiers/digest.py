"""The operator's morning digest: what the office must know and do today, as one mail.

Its sentences are in `templates/digest.html.j2` and `templates/digest.txt.j2`, which admins may replace as those
of reminders.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from notifiers.message import Attachment, Message
from notifiers.render import RenderError, filled, inlined
from notifiers.render_clean import block, line, shorten
from notifiers.render_view import web_link

__all__ = ["Digest", "Item", "RenderError", "Section", "Topic", "render_digest"]


class Topic(StrEnum):
    """What a section is about, in the order in which they are shown."""

    FAILED = "failed"
    REFERRED = "referred"
    ANSWERS = "answers"
    QUESTIONS = "questions"
    LATE = "late"
    DUE = "due"
    TENTATIVE = "tentative"
    ATTENTION = "attention"
    NEW = "new"


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One line of a section."""

    title: str
    place: str = ""
    """Where it is printed ("Kế hoạch số 12/KH-UBND ngày 05/01/2026, nhiệm vụ 3.1")."""
    agency: str = ""
    due: date | None = None
    status: str = ""
    """How it stands, in a few words ("Quá hạn 12 ngày")."""
    note: str = ""
    link: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    topic: Topic
    items: tuple[Item, ...]
    total: int
    """How many there are; the items are the first of them."""

    @property
    def hidden(self) -> int:
        return max(0, self.total - len(self.items))


@dataclass(frozen=True, kw_only=True, slots=True)
class Digest:
    office: str
    on: date
    sections: tuple[Section, ...]
    link: str | None = None
    """The desk's own page."""
    reports: tuple[str, ...] = ()
    """What the attachments are, in words ("Báo cáo tuần từ ngày … đến ngày …")."""
    warning: str = ""
    """What the office must know before all else, such as mornings without a run."""
    account: str = ""
    """What became of the reminders that were decided since the last digest."""
    provisional: str = ""
    """A doubt about the whole day, such as a calendar that is not official yet."""


_COUNTED = {
    Topic.FAILED: "gửi chưa được",
    Topic.REFERRED: "báo cáo lên Văn phòng",
    Topic.ANSWERS: "chờ xác nhận",
    Topic.QUESTIONS: "văn bản cần hỏi",
    Topic.LATE: "quá hạn",
    Topic.DUE: "sắp đến hạn",
    Topic.TENTATIVE: "hạn dự kiến",
    Topic.ATTENTION: "chưa thể nhắc",
    Topic.NEW: "mới",
}


def render_digest(
    digest: Digest,
    *,
    key: str,
    to: str,
    created: datetime,
    to_name: str = "",
    reply_to: str | None = None,
    attachments: tuple[Attachment, ...] = (),
    templates: Path | None = None,
) -> Message:
    """The digest as a mail. The same arguments give the same message. Raises RenderError."""
    clean = _cleaned(digest)
    shown = tuple(section for section in clean.sections if section.total)
    counts = ", ".join(f"{section.total} {_COUNTED[section.topic]}" for section in shown)
    values = {
        "digest": replace(clean, sections=shown),
        "on": f"{digest.on:%d/%m/%Y}",
        "link": web_link(digest.link),
        "counts": counts,
    }
    subject = shorten(f"[Đôn đốc] Bản tin ngày {digest.on:%d/%m/%Y}: {counts or 'không có việc mới'}", 190)
    return Message(
        key=key,
        to=to,
        to_name=line(to_name),
        subject=subject,
        text=block(filled("digest.txt.j2", values, templates)).strip() + "\n",
        html=inlined(block(filled("digest.html.j2", values, templates))),
        created=created,
        reply_to=reply_to,
        attachments=attachments,
    )


def _cleaned(digest: Digest) -> Digest:
    return replace(
        digest,
        office=line(digest.office),
        sections=tuple(
            replace(section, items=tuple(_clean_item(item) for item in section.items))
            for section in digest.sections
        ),
    )


def _clean_item(item: Item) -> Item:
    return replace(
        item,
        title=shorten(item.title, 400),
        place=line(item.place),
        agency=line(item.agency),
        status=line(item.status),
        note=shorten(item.note, 400),
        link=web_link(item.link) or None,
    )
