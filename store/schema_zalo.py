"""Zalo's own tables: the token pair and its lock, who follows, what was delivered, and what the admin must know.

Tokens, user ids and pending links are sealed or keyed digests: a stolen table gives no way to write to anybody.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Column,
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


def _table(name: str, metadata: MetaData, *rest: Any) -> Table:
    return Table(
        name,
        metadata,
        Column("id", Integer, primary_key=True),
        Column("province", String(40), nullable=False),
        *rest,
    )


def tables(metadata: MetaData) -> tuple[Table, Table, Table, Table, Table, Table]:
    """Pairs, seen events, pending links, people, tracked messages and alerts, on the one metadata of the store."""
    return (
        _table(
            "zalo_pairs",
            metadata,
            Column("account", String(60), nullable=False),
            Column("sealed", LargeBinary),
            Column("saved_at", Instant),
            Column("holder", String(80)),
            Column("held_until", Instant),
            UniqueConstraint("province", "account"),
        ),
        _table(
            "zalo_seen",
            metadata,
            Column("digest", String(64), nullable=False),
            Column("at", Instant, nullable=False),
            UniqueConstraint("province", "digest"),
            Index(None, "province", "at"),
        ),
        _table(
            "zalo_links",
            metadata,
            Column("contact", String(200), nullable=False),
            Column("digest", String(64), nullable=False),
            Column("expires_at", Instant, nullable=False),
            UniqueConstraint("province", "digest"),
        ),
        _table(
            "zalo_people",
            metadata,
            Column("kind", String(10), nullable=False),
            Column("lookup", String(64), nullable=False),
            Column("user_sealed", LargeBinary, nullable=False),
            Column("contact", String(200)),
            Column("followed_at", Instant),
            Column("wrong_codes", Integer, nullable=False, default=0),
            Column("spoke_at", Instant),
            Column("left_at", Instant),
            UniqueConstraint("province", "kind", "lookup"),
            Index(None, "province", "contact"),
        ),
        _table(
            "zalo_messages",
            metadata,
            Column("message_id", ForeignKey("messages.id"), nullable=False, unique=True),
            Column("tracking", String(64), nullable=False),
            Column("delivered_at", Instant),
            Column("asked_at", Instant),
            Column("said", String(20)),
            UniqueConstraint("province", "tracking"),
        ),
        _table(
            "zalo_alerts",
            metadata,
            Column("account", String(60), nullable=False),
            Column("code", String(40), nullable=False),
            Column("what", Text, nullable=False),
            Column("advice", Text, nullable=False),
            Column("first_at", Instant, nullable=False),
            Column("last_at", Instant, nullable=False),
            UniqueConstraint("province", "account", "code"),
        ),
    )
