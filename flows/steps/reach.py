"""Who is told by which channel, at which address, and from when on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from config.channels import EMAIL
from deadlines.directory_types import Agency, Contact, Role
from flows.steps.workplace import Workplace
from notifiers.channel import scheme_of
from store import directory as stored
from store.envelopes import Envelopes

AUDIENCES = {
    "agency": (Role.FOCAL, Role.CLERK, Role.LEADERSHIP),
    "leadership": (Role.LEADERSHIP, Role.FOCAL, Role.CLERK),
}
"""Whose contact is used for whom, the first that there is."""

OPERATOR = "operator"

DAYS_AHEAD = 5
"""Among so many coming working days there is surely one whose message has not left yet."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """Where words for an audience go; `address` is None where nobody can be reached."""

    channel: str
    address: str | None
    name: str = ""


def audience_of(workplace: Workplace, agency: str, to: str) -> tuple[str, str]:
    """The agency code and audience that a stage meant for `to` about `agency` is sent to.

    Leaders without a contact of their own are told in their agency's message, which is one a day.
    """
    if to == OPERATOR:
        return OPERATOR, OPERATOR
    known = workplace.directory.agency(agency)
    if to == "superior" and known is not None and known.superior:
        agency, known = known.superior, workplace.directory.agency(known.superior)
    led = known is not None and any(one.role is Role.LEADERSHIP and one.reachable for one in known.contacts)
    return agency, "leadership" if to != "agency" and led else "agency"


def route(
    workplace: Workplace,
    agency: str,
    audience: str,
    *,
    failing: Collection[str] = (),
    without: Collection[str] = (),
    by: Sequence[str] = (),
) -> Route:
    """The first channel of the agency's preference that has an address which takes messages, at last e-mail.

    `failing` are look-up keys of addresses that do not; `without` are channels not to use. Of the agency's own
    channels only those of `by` are used, where there are any.
    """
    if audience == OPERATOR:
        return Route(channel=EMAIL, address=workplace.settings.office.reply_to, name=workplace.settings.office.name)
    known = workplace.directory.agency(agency)
    if known is None:
        return Route(channel=EMAIL, address=None)
    own = known.channels or (EMAIL,)
    preferred = [one for one in by if one in own] or own
    for channel in dict.fromkeys((*preferred, EMAIL)):
        if channel in without or channel not in workplace.channels.by_name:
            continue
        for contact in _contacts(known, audience):
            address = _address(known, contact, channel, workplace)
            if address and not (failing and workplace.seal.lookup(address) in failing):
                return Route(channel=channel, address=address, name=contact.name or known.name)
    return Route(channel=EMAIL, address=None, name=known.name)


def _contacts(agency: Agency, audience: str) -> list[Contact]:
    order = AUDIENCES.get(audience, AUDIENCES["agency"])
    return [contact for role in order for contact in agency.contacts if contact.role == role]


def _address(agency: Agency, contact: Contact, channel: str, workplace: Workplace) -> str | None:
    """The contact's address on a channel, by what the channel's own address speaks to."""
    own = contact.zalo_uid or ""
    match scheme_of(workplace.channels.by_name[channel].url):
        case "zalooa":
            return contact.phone
        case "zalouid" | "zalocs":
            return own if own and ":" not in own else _linked(workplace, agency, contact, "oa")
        case "zalogmf":
            return own.removeprefix("group:") if own.startswith("group:") else None
        case "zalobot":
            return (
                own.removeprefix("chat:") if own.startswith("chat:") else _linked(workplace, agency, contact, "bot")
            )
        case "eml" | "smtp" | "smtps" | "smtp+starttls":
            return contact.email
        case _:
            # A chat service of Apprise has its recipients in its own address.
            return contact.email or contact.phone or own or None


def _linked(workplace: Workplace, agency: Agency, contact: Contact, kind: str) -> str | None:
    return workplace.zalo_people.get((kind, contact_key(agency.code, contact)))


def contact_key(agency: str, contact: Contact) -> str:
    """What a contact is known by where its Zalo user makes himself known: it outlives a change of address."""
    return f"{agency}|{contact.role.value}|{contact.name}"[:200]


def reachable(connection: Connection, workplace: Workplace) -> frozenset[str]:
    """The codes of agencies that some channel reaches."""
    failing = stored.failing(connection, workplace.province)
    return frozenset(
        agency.code
        for agency in workplace.directory.agencies
        if route(workplace, agency.code, "agency", failing=failing).address is not None
    )


def next_working_day(workplace: Workplace, day: date) -> date:
    """The first working day after `day`."""
    return workplace.calendar.on_or_after(day + timedelta(days=1))


def envelopes(connection: Connection, workplace: Workplace, *, now: datetime, today: date) -> Envelopes:
    """Today's messages, or the next working day's where today is a day off; sent in working hours only."""
    opens = workplace.settings.schedule.work_from
    zone = workplace.settings.schedule.zone
    days = [workplace.calendar.on_or_after(today)]
    while len(days) < DAYS_AHEAD:
        days.append(next_working_day(workplace, days[-1]))
    return Envelopes(
        connection,
        workplace.province,
        days={day: datetime.combine(day, opens, tzinfo=zone) for day in days},
        now=now,
    )


def in_working_hours(workplace: Workplace, now: datetime) -> datetime:
    """`now` where messages may leave now, else the next moment at which they may."""
    schedule = workplace.settings.schedule
    zone: ZoneInfo = schedule.zone
    here = now.astimezone(zone)
    day = here.date()
    if workplace.calendar.is_working(day):
        if schedule.work_from <= here.time() < schedule.work_to:
            return now
        if here.time() < schedule.work_from:
            return datetime.combine(day, schedule.work_from, tzinfo=zone)
    return datetime.combine(next_working_day(workplace, day), schedule.work_from, tzinfo=zone)
