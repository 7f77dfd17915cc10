"""The desk's own tables: who may enter, what is open, tokens of programs and calendars, how often one may try,
what admins changed in the configuration, and what agencies propose.

No table holds a secret that could be used: passwords are argon2id, everything else a SHA-256 of random bytes.
What may name people is sealed.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
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
)

from store.types import Instant


def tables(metadata: MetaData) -> tuple[Table, Table, Table, Table, Table, Table, Table, Table, Table]:
    """Users, sessions, tokens, throttles, agency names, editions, proposals, identities and sign-ins under way."""
    return (
        _users(metadata),
        _sessions(metadata),
        _tokens(metadata),
        _throttles(metadata),
        _names(metadata),
        _editions(metadata),
        _proposals(metadata),
        _identities(metadata),
        _signins(metadata),
    )


def _users(metadata: MetaData) -> Table:
    return Table(
        "users",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("province", String(40), nullable=False),
        Column("name", String(80), nullable=False),
        Column("role", String(10), nullable=False),
        Column("password", Text, nullable=False),
        Column("must_change", Boolean, nullable=False),
        Column("totp_sealed", LargeBinary),
        Column("totp_step", Integer),
        Column("active", Boolean, nullable=False),
        Column("created_at", Instant, nullable=False),
        # NULL: never changed since the user was added.
        Column("password_at", Instant),
        UniqueConstraint("province", "name"),
        CheckConstraint("role IN ('viewer', 'operator', 'admin')", name="role"),
    )


def _sessions(metadata: MetaData) -> Table:
    return Table(
        "sessions",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("province", String(40), nullable=False),
        Column("digest", String(64), nullable=False, unique=True),
        Column("user_id", ForeignKey("users.id"), nullable=False),
        Column("complete", Boolean, nullable=False),
        Column("created_at", Instant, nullable=False),
        Column("seen_at", Instant, nullable=False),
        Column("method", String(10), nullable=False),
        # The role that this session has where it is less than the user's.
        Column("role", String(10)),
        # Whether the issuer vouches for a second step.
        Column("second_step", Boolean),
        # Both only so that its user knows a session again.
        Column("address", String(45)),
        Column("browser", String(60)),
        CheckConstraint("method IN ('password', 'oidc')", name="method"),
        Index(None, "user_id"),
    )


def _tokens(metadata: MetaData) -> Table:
    return Table(
        "tokens",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("province", String(40), nullable=False),
        Column("kind", String(10), nullable=False),
        Column("digest", String(64), nullable=False, unique=True),
        Column("name", Text, nullable=False),
        Column("agency", String(80)),
        Column("scopes", JSON, nullable=False),
        Column("created_at", Instant, nullable=False),
        Column("created_by", Text, nullable=False),
        Column("revoked_at", Instant),
        CheckConstraint("kind IN ('api', 'calendar')", name="kind"),
    )


def _throttles(metadata: MetaData) -> Table:
    return Table(
        "throttles",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("province", String(40), nullable=False),
        Column("key", String(160), nullable=False),
        Column("level", Float, nullable=False),
        Column("at", Instant, nullable=False),
        UniqueConstraint("province", "key"),
    )


def _names(metadata: MetaData) -> Table:
    return Table(
        "names",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("province", String(40), nullable=False),
        Column("words", String(400), nullable=False),
        Column("agency", String(80), nullable=False),
        Column("recorded_at", Instant, nullable=False),
        Column("recorded_by", Text, nullable=False),
        UniqueConstraint("province", "words"),
    )


def _editions(metadata: MetaData) -> Table:
    """What admins wrote at the desk in the place of a configuration file; the highest version holds."""
    return Table(
        "editions",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("province", String(40), nullable=False),
        Column("part", String(80), nullable=False),
        Column("version", Integer, nullable=False),
        # NULL: the file holds again.
        Column("content_sealed", LargeBinary),
        Column("changed_at", Instant, nullable=False),
        Column("changed_by", Text, nullable=False),
        Column("reason", Text, nullable=False),
        UniqueConstraint("province", "part", "version"),
    )


def _proposals(metadata: MetaData) -> Table:
    """What an agency asks the operator to change: its contacts, or whose a task is."""
    return Table(
        "proposals",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("province", String(40), nullable=False),
        Column("agency", String(80), nullable=False),
        Column("kind", String(20), nullable=False),
        Column("task_id", ForeignKey("tasks.id")),
        Column("content_sealed", LargeBinary, nullable=False),
        Column("state", String(20), nullable=False),
        Column("reason", Text),
        Column("received_at", Instant, nullable=False),
        Column("decided_at", Instant),
        Column("decided_by", Text),
        CheckConstraint("kind IN ('contacts', 'not_ours')", name="kind"),
        CheckConstraint("state IN ('received', 'accepted', 'returned')", name="state"),
        Index(None, "province", "state"),
        Index(None, "task_id"),
    )


def _identities(metadata: MetaData) -> Table:
    """Who somebody is at an OpenID Connect issuer; without a user it is a request that an admin decides."""
    return Table(
        "identities",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("province", String(40), nullable=False),
        Column("issuer", String(300), nullable=False),
        Column("subject", String(255), nullable=False),
        Column("user_id", ForeignKey("users.id")),
        Column("shown_sealed", LargeBinary, nullable=False),
        Column("asked_at", Instant, nullable=False),
        Column("linked_at", Instant),
        Column("linked_by", Text),
        UniqueConstraint("province", "issuer", "subject"),
        Index(None, "user_id"),
    )


def _signins(metadata: MetaData) -> Table:
    """Log-ins that are under way at an issuer. Each is used once; `content_sealed` is what has to come back."""
    return Table(
        "signins",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("province", String(40), nullable=False),
        Column("digest", String(64), nullable=False, unique=True),
        Column("browser", String(64), nullable=False),
        Column("content_sealed", LargeBinary, nullable=False),
        Column("created_at", Instant, nullable=False),
        Index(None, "province", "created_at"),
    )
