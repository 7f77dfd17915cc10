"""Deadlines as a calendar file: one all-day event per date, with alarms at eight in the morning.

Events keep their UID over all mails (it comes from the line's key), and their SEQUENCE grows, so a date that
was changed moves in the reader's calendar instead of appearing twice (RFC 5545, 3.8.7.4; RFC 5546, 2.1.5).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from icalendar import Alarm, Calendar, Event

from notifiers.message import Attachment, Line, Notice, Urgency
from notifiers.render_clean import line, shorten
from notifiers.render_view import web_link

_NAMES = uuid.UUID("5d0d0c00-0000-4000-8000-00000d0d0c00")
_NO_DATE_OF_ITS_OWN = frozenset({Urgency.QUESTION})
_MORNINGS = (timedelta(days=-1, hours=8), timedelta(hours=8))
"""Eight o'clock on the day before and on the day, counted from the day's midnight."""


def calendar_file(notice: Notice, lines: Iterable[Line], *, created: datetime, name: str) -> Attachment | None:
    """The dates of these lines that lie ahead (today counts), or None where there is none."""
    ahead = [item for item in lines if item.due and item.due >= notice.on]
    ahead = [item for item in ahead if item.urgency not in _NO_DATE_OF_ITS_OWN]
    if not ahead:
        return None
    calendar = Calendar()
    calendar.add("prodid", "-//Don Doc//Nhac viec//VI")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for item in {event_id(item.key): item for item in ahead}.values():
        calendar.add_component(_event(notice, item, created))
    content: bytes = calendar.to_ical()
    return Attachment(name=name, mime="text/calendar; charset=utf-8; method=PUBLISH", content=content)


def event_id(key: str) -> str:
    """The UID of a line's event: the same in every mail about it."""
    return str(uuid.uuid5(_NAMES, key.encode("utf-8", "replace").decode()))


def _event(notice: Notice, item: Line, created: datetime) -> Event:
    assert item.due is not None
    event = Event()
    event.add("uid", event_id(item.key))
    event.add("dtstamp", created)
    event.add("sequence", int(created.timestamp()) // 60)
    event.add("dtstart", item.due)
    event.add("dtend", item.due + timedelta(days=1))
    event.add("summary", f"Hạn: {shorten(item.title, 150)}")
    event.add("description", "\n".join(_facts(notice, item)))
    event.add("transp", "TRANSPARENT")
    if link := web_link(item.link):
        event.add("url", link)
    for morning in _MORNINGS:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", shorten(item.title, 150))
        alarm.add("trigger", morning)
        event.add_component(alarm)
    return event


def _facts(notice: Notice, item: Line) -> list[str]:
    facts = [
        ("Nhiệm vụ", f"[{item.number}] {item.title}" if item.number else item.title),
        ("Văn bản giao", item.plan),
        ("Văn bản ghi", item.deadline_text),
        ("Kết quả, sản phẩm", item.product),
        ("Cơ quan nhắc", notice.sender),
    ]
    return [f"{label}: {line(value)}" for label, value in facts if line(value)]
