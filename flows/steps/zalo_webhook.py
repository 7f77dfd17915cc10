"""What Zalo's webhooks tell us becomes of messages and contacts. Nothing of a body is kept or logged.

The signature is checked before the database is touched, so that forged requests cost no lock; the key of the
event and everything that it changes are one transaction, so that a repeat after a crash changes nothing twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from deadlines.directory_types import Contact
from flows.steps.reach import contact_key
from flows.steps.workplace import Workplace
from notifiers.zalo import linking, webhook
from notifiers.zalo.codes import meaning, remedy
from notifiers.zalo.events import Delivered, Event, Followed, Said, TemplateChanged, Unfollowed
from notifiers.zalo.linking import Linked, NoLink, PendingLink
from notifiers.zalo.webhook import Rejected, Repeated
from store import directory, zalo_fates
from store import zalo as stored
from store.audit import record

PURPOSE = "zalo-linking"
MOST_WRONG = 5
"""Wrong codes of one user, after which codes of that user are no longer looked at until an operator links him."""
CODE_HOURS = 72


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """What to answer (HTTP) and what was done, in one word for the log."""

    status: int
    did: str


def hear(
    workplace: Workplace, body: bytes, headers: Mapping[str, str], *, now: datetime, bot: bool = False
) -> Heard:
    """One call of the Official Account's webhook, or of the bot's. Raises StoreError: answer 500, Zalo repeats."""
    settings = workplace.zalo
    refused = (
        webhook.verify_bot(headers, settings=settings)
        if bot
        else webhook.verify(body, headers, settings=settings, now=now)
    )
    if refused is not None:
        return Heard(status=401, did=refused.reason)
    with workplace.database.write() as connection:
        seen = stored.SeenEvents(connection, workplace.province, now)
        event = (
            webhook.receive_bot(body, headers, settings=settings, seen=seen)
            if bot
            else webhook.receive(body, headers, settings=settings, now=now, seen=seen)
        )
        match event:
            case Rejected(reason=reason):
                return Heard(status=401, did=reason)
            case Repeated():
                return Heard(status=200, did="repeated")
            case _:
                did = _act(connection, workplace, event, "bot" if bot else "oa", now)
    workplace.forget_people()
    return Heard(status=200, did=did)


@dataclass(frozen=True, kw_only=True, slots=True)
class Update:
    """What a polled bot was told: in which chat, and what was done."""

    chat: str
    did: str


def hear_update(workplace: Workplace, update: Mapping[str, object], *, now: datetime) -> Update:
    """One update that was asked for, where the bot has no webhook. Raises StoreError."""
    event = webhook.read_bot(update)
    if not isinstance(event, Said):
        return Update(chat="", did="noted")
    with workplace.database.write() as connection:
        seen = stored.SeenEvents(connection, workplace.province, now)
        new = seen.add_new(webhook.bot_event_key(event))
        did = _act(connection, workplace, event, "bot", now) if new else "repeated"
    workplace.forget_people()
    return Update(chat=event.user_id, did=did)


def _act(connection: Connection, workplace: Workplace, event: Event, kind: str, now: datetime) -> str:
    province, seal = workplace.province, workplace.seal
    match event:
        case Delivered(msg_id=reference, tracking_id=tracking, at=at):
            row = zalo_fates.delivered(connection, province, tracking=tracking, reference=reference, at=at, now=now)
            if row is not None and row.state == "refused" and row.recipient_lookup:
                # It was thought not to take messages, and does.
                directory.flag(connection, province, row.recipient_lookup, reason=None, now=now)
            return "delivered" if row is not None else "delivered-unknown"
        case Followed(user_id=user) if user:
            stored.note_person(connection, province, seal, kind=kind, user_id=user, followed_at=now, left_at=None)
            directory.flag(connection, province, seal.lookup(user), reason=None, now=now)
            return "followed"
        case Unfollowed(user_id=user) if user:
            stored.note_person(connection, province, seal, kind=kind, user_id=user, left_at=now)
            reason = "Người dùng đã bỏ quan tâm Zalo OA"
            directory.flag(connection, province, seal.lookup(user), reason=reason, now=now)
            return "unfollowed"
        case Said(user_id=user) if user:
            person = stored.note_person(connection, province, seal, kind=kind, user_id=user, spoke_at=now)
            return _link(connection, workplace, event, kind, person, now)
        case TemplateChanged(template_id=template, status=status) if status.upper() not in {"ENABLE", "1"}:
            return _template_changed(connection, workplace, template, status, now)
        case _:
            return "noted"


def _template_changed(
    connection: Connection, workplace: Workplace, template: str, status: str, now: datetime
) -> str:
    """Zalo took one of our templates out of use: the admin hears before the next message is refused."""
    ours = next((one for one in workplace.zalo.templates.values() if one.id == template), None)
    if ours is None:
        return "noted"
    stored.note_alert(
        connection,
        workplace.province,
        workplace.zalo.account,
        code="template-status",
        what=f"Zalo: {meaning('template-status')}: {ours.name} ({status[:40]})",
        advice=remedy("template-status").advice,
        at=now,
    )
    return "template-changed"


def _link(
    connection: Connection, workplace: Workplace, event: Event, kind: str, person: Row[Any], now: datetime
) -> str:
    """Try whether what was said holds a code that was given out."""
    if person.wrong_codes >= MOST_WRONG:
        return "said"
    waiting = [
        PendingLink(contact=row.contact, digest=row.digest, expires=row.expires_at)
        for row in stored.open_links(connection, workplace.province, now)
    ]
    match linking.link(event, waiting, workplace.seal.sign_key(PURPOSE), now):
        case Linked(contact=contact, user_id=user, digest=digest):
            stored.link_person(
                connection,
                workplace.province,
                workplace.seal,
                kind=kind,
                user_id=user,
                contact=contact,
                digest=digest,
                now=now,
            )
            return "linked"
        case NoLink(wrong_code=True):
            assert isinstance(event, Said)
            stored.note_person(
                connection,
                workplace.province,
                workplace.seal,
                kind=kind,
                user_id=event.user_id,
                wrong_codes=person.wrong_codes + 1,
            )
            return "wrong-code"
        case _:
            return "said"


def give_code(workplace: Workplace, agency: str, contact: Contact, *, now: datetime, actor: str) -> str:
    """A one-time code for a contact to send to the account; only its keyed digest is kept."""
    code = linking.new_code()
    name = contact_key(agency, contact)
    made = linking.pending(name, code, workplace.seal.sign_key(PURPOSE), now, hours=CODE_HOURS)
    with workplace.database.write() as connection:
        stored.add_link(connection, workplace.province, contact=name, digest=made.digest, expires=made.expires)
        record(
            connection,
            workplace.province,
            at=now,
            actor=actor,
            action="contact.code",
            subject=f"contact:{name}"[:200],
        )
    return code
