"""Every table, with its states and the transitions between them.

Every row belongs to a province; every query names it.

    tasks.state          open → done | withdrawn; done → open (a completion taken back)
    assignments.state    open → reported → done; reported → open (returned); open → withdrawn
    dues.state           open → done | withdrawn; withdrawn → open (the date came back)
    reminders.state      planned → told | withdrawn | lapsed; told is for good
                         withdrawn → planned (the date or the agency came back before anything was sent)
    messages.state       ready → sending → sent | refused | unconfirmed
                         sending → ready (not now: later, or the worker died and its lease ran out)
                         sending → withdrawn (nothing is left to say)
                         unconfirmed → sent | ready (a person decides, or the channel may resend)
                         refused → ready (a person has it tried again)
                         ready → lapsed (too old to be sent as it was frozen; its reminders go anew)
    answers.state        received → confirmed | returned
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from store.schema_desk import tables as desk_tables
from store.schema_history import tables as history_tables
from store.schema_review import tables as review_tables
from store.schema_zalo import tables as zalo_tables
from store.types import Instant

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _province() -> Column[str]:
    return Column("province", String(40), nullable=False)


def _one_of(column: str, *values: str) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


plans = Table(
    "plans",
    metadata,
    _id(),
    _province(),
    Column("identity", String(200), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("file", Text, nullable=False),
    Column("format", String(10), nullable=False),
    Column("kind", Text),
    Column("number", String(80)),
    Column("issued_on", Date),
    Column("issued_text", Text),
    Column("issuer", Text),
    Column("signer", Text),
    Column("title", Text),
    Column("basis", JSON, nullable=False),
    Column("warnings", JSON, nullable=False),
    Column("imported_at", Instant, nullable=False),
    UniqueConstraint("province", "digest"),
    UniqueConstraint("province", "identity", "revision"),
    _one_of("state", "active", "replaced", "withdrawn"),
)

tasks = Table(
    "tasks",
    metadata,
    _id(),
    _province(),
    Column("plan_id", ForeignKey("plans.id"), nullable=False),
    Column("key", String(200), nullable=False),
    Column("position", Integer, nullable=False),
    Column("table_kind", String(10), nullable=False),
    Column("number", String(40), nullable=False),
    Column("section", Text),
    Column("parent", String(40)),
    Column("title", Text, nullable=False),
    Column("lead_text", Text),
    Column("coordinating_text", Text),
    Column("product", Text),
    Column("deadline_text", Text),
    Column("conditions", JSON, nullable=False),
    Column("place", JSON, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("doubts", JSON, nullable=False),
    Column("folded", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("first_seen", Date, nullable=False),
    Column("done_on", Date),
    Column("done_late", Boolean),
    Column("unknown_lead", Text),
    Column("assigned_by_hand", Boolean, nullable=False, default=False),
    UniqueConstraint("plan_id", "key"),
    _one_of("state", "open", "done", "withdrawn"),
    Index(None, "province", "state"),
    Index(None, "province", "plan_id", "position", "state", "id"),
)

assignments = Table(
    "assignments",
    metadata,
    _id(),
    _province(),
    Column("task_id", ForeignKey("tasks.id"), nullable=False),
    Column("agency", String(80), nullable=False),
    Column("role", String(20), nullable=False),
    Column("words", Text, nullable=False),
    Column("as_group", Boolean, nullable=False),
    Column("state", String(20), nullable=False),
    Column("done_on", Date),
    UniqueConstraint("task_id", "agency", "role"),
    _one_of("role", "lead", "coordinating"),
    _one_of("state", "open", "reported", "done", "withdrawn"),
    Index(None, "province", "agency"),
    Index(None, "province", "role", "state", "task_id"),
)

deadlines = Table(
    "deadlines",
    metadata,
    _id(),
    _province(),
    Column("task_id", ForeignKey("tasks.id"), nullable=False, unique=True),
    Column("text", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("kinds", String(120), nullable=False),
    Column("reading", JSON, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("waiting", JSON, nullable=False),
    Column("waiting_for", Text),
    Column("needs_date", Boolean, nullable=False),
    Column("complete_until", Date),
    Column("asked_on", Date),
    Column("asked", JSON, nullable=False, default=list),
    Column("ask_next", Date),
    Column("steps", JSON, nullable=False),
    _one_of("state", "read", "unread", "ambiguous", "corrected"),
    Index(None, "province", "complete_until"),
    Index(None, "province", "waiting_for"),
    # Few wait among many, which the index above does not tell SQLite.
    Index(
        None,
        "province",
        "task_id",
        sqlite_where=text("waiting_for IS NOT NULL"),
        postgresql_where=text("waiting_for IS NOT NULL"),
    ),
)

dues = Table(
    "dues",
    metadata,
    _id(),
    _province(),
    Column("task_id", ForeignKey("tasks.id"), nullable=False),
    Column("key", String(80), nullable=False),
    Column("term", Integer, nullable=False),
    Column("track", String(10), nullable=False),
    Column("on_date", Date, nullable=False),
    Column("aim", Date, nullable=False),
    Column("late_from", Date),
    Column("after_date", Date),
    Column("tentative", Boolean, nullable=False),
    Column("blocked", Boolean, nullable=False),
    Column("state", String(20), nullable=False),
    Column("first_seen", Date, nullable=False),
    Column("told", JSON, nullable=False),
    Column("next_on", Date),
    Column("done_on", Date),
    Column("done_late", Boolean),
    UniqueConstraint("task_id", "key"),
    _one_of("state", "open", "done", "withdrawn"),
    _one_of("track", "due", "opening", "check", "report"),
    Index(None, "province", "next_on", "id"),
    Index(None, "province", "state", "on_date", "id"),
    Index(None, "province", "state", "late_from"),
    # All that the chart of past months counts by, in the order in which it groups.
    Index(
        "ix_dues_went", "province", "track", "first_seen", "late_from", "done_on", "done_late", "state", "blocked"
    ),
)

agencies = Table(
    "agencies",
    metadata,
    _id(),
    _province(),
    Column("code", String(80), nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("superior", String(80)),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("successors", JSON, nullable=False),
    UniqueConstraint("province", "code"),
)

contacts = Table(
    "contacts",
    metadata,
    _id(),
    _province(),
    Column("agency", String(80), nullable=False),
    Column("role", String(20), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("name", Text, nullable=False),
    Column("address_sealed", LargeBinary, nullable=False),
    Column("address_lookup", String(64), nullable=False),
    Column("failing_since", Instant),
    Column("failure", Text),
    UniqueConstraint("province", "agency", "role", "channel", "address_lookup"),
    Index(None, "province", "address_lookup"),
)

events = Table(
    "events",
    metadata,
    _id(),
    _province(),
    Column("issuer", Text, nullable=False),
    Column("instrument", Text, nullable=False),
    Column("number", String(80)),
    Column("on_date", Date, nullable=False),
    Column("subject", Text, nullable=False),
    Column("link", Text),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("withdrawn_at", Instant),
)

releases = Table(
    "releases",
    metadata,
    _id(),
    _province(),
    Column("event_id", ForeignKey("events.id"), nullable=False),
    Column("task_id", ForeignKey("tasks.id"), nullable=False),
    Column("term", Integer, nullable=False),
    Column("on_date", Date, nullable=False),
    UniqueConstraint("task_id", "term"),
)

extensions = Table(
    "extensions",
    metadata,
    _id(),
    _province(),
    Column("task_id", ForeignKey("tasks.id"), nullable=False),
    Column("key", String(80), nullable=False),
    Column("old_on", Date, nullable=False),
    Column("new_on", Date, nullable=False),
    Column("document", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Index(None, "task_id", "key"),
)

answers = Table(
    "answers",
    metadata,
    _id(),
    _province(),
    Column("task_id", ForeignKey("tasks.id"), nullable=False),
    Column("due_id", ForeignKey("dues.id")),
    Column("agency", String(80), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("stage", String(40)),
    Column("text", Text, nullable=False),
    Column("document", Text),
    Column("asked_on", Date),
    Column("state", String(20), nullable=False),
    Column("reason", Text),
    Column("received_at", Instant, nullable=False),
    _one_of("kind", "acknowledged", "progress", "done", "extension"),
    _one_of("state", "received", "confirmed", "returned"),
    Index(None, "task_id", "agency"),
    Index(None, "due_id"),
    Index(None, "province", "state", "kind"),
)

messages = Table(
    "messages",
    metadata,
    _id(),
    _province(),
    Column("key", String(200), nullable=False, unique=True),
    Column("purpose", String(20), nullable=False),
    Column("agency", String(80), nullable=False),
    Column("audience", String(20), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("day", Date, nullable=False),
    Column("state", String(20), nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("worker", String(80)),
    Column("lease_until", Instant),
    Column("recipient", Text),
    Column("recipient_sealed", LargeBinary),
    Column("recipient_lookup", String(64)),
    Column("frozen", JSON(none_as_null=True)),
    Column("reference", Text),
    Column("code", String(40)),
    Column("reason", Text),
    Column("created_at", Instant, nullable=False),
    Column("ended_at", Instant),
    _one_of("purpose", "reminders", "digest", "notice"),
    _one_of("state", "ready", "sending", "sent", "refused", "unconfirmed", "withdrawn", "lapsed"),
    UniqueConstraint("province", "agency", "audience", "channel", "day", "purpose"),
    Index(None, "state", "not_before", "id"),
    Index(None, "reference"),
    Index(None, "province", "recipient_lookup", "ended_at"),
    Index(None, "province", "id"),
    Index(None, "province", "state", "id"),
    Index(None, "province", "agency", "id"),
)

reminders = Table(
    "reminders",
    metadata,
    _id(),
    _province(),
    Column("key", String(260), nullable=False, unique=True),
    Column("due_id", ForeignKey("dues.id"), nullable=False),
    Column("on_date", Date, nullable=False),
    Column("stage", String(40), nullable=False),
    Column("agency", String(80), nullable=False),
    Column("audience", String(20), nullable=False),
    Column("role", String(20), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("urgency", String(20), nullable=False),
    Column("note", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("decided_on", Date, nullable=False),
    Column("message_id", ForeignKey("messages.id")),
    _one_of("state", "planned", "told", "withdrawn", "lapsed"),
    Index(None, "due_id"),
    Index(None, "message_id"),
    Index(None, "province", "state", "message_id"),
    Index(None, "province", "decided_on"),
)

deliveries = Table(
    "deliveries",
    metadata,
    _id(),
    _province(),
    Column("message_id", ForeignKey("messages.id"), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("worker", String(80), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("outcome", String(20), nullable=False),
    Column("scope", String(20)),
    Column("code", String(40)),
    Column("answer", Text),
    UniqueConstraint("message_id", "attempt"),
    _one_of("outcome", "started", "sent", "refused", "unavailable", "unconfirmed", "abandoned"),
)

audit = Table(
    "audit",
    metadata,
    _id(),
    _province(),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", String(60), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("before", JSON),
    Column("after", JSON),
    Column("previous", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    Index(None, "province", "id"),
    Index(None, "province", "subject", "id"),
)

runs = Table(
    "runs",
    metadata,
    _id(),
    _province(),
    Column("kind", String(20), nullable=False),
    Column("day", Date, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("ok", Boolean),
    Column("counts", JSON, nullable=False),
    Column("error", Text),
    Index(None, "province", "kind", "day"),
)

marks = Table(
    "marks",
    metadata,
    _id(),
    _province(),
    Column("name", String(60), nullable=False),
    Column("value", Text, nullable=False),
    UniqueConstraint("province", "name"),
)

users, sessions, tokens, throttles, names, editions, proposals, identities, signins = desk_tables(metadata)
due_history, task_history = history_tables(metadata)
reviews = review_tables(metadata)
zalo_pairs, zalo_seen, zalo_links, zalo_people, zalo_messages, zalo_alerts = zalo_tables(metadata)
