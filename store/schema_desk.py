"""The desk's own tables: who may enter, what is open, tokens of programs and calendars, and how often one may try.

No table holds a secret that could be used: passwords are argon2id, everything else a SHA-256 of random bytes.
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


def tables(metadata: MetaData) -> tuple[Table, Table, Table, Table, Table]:
    """Users, sessions, tokens, throttles and agency names, declared on the one metadata of the store."""
    return _users(metadata), _sessions(metadata), _tokens(metadata), _throttles(metadata), _names(metadata)


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
