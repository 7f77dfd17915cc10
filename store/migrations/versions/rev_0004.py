"""Indexes for what is asked of one day, or of one address, among years of messages."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_messages_province_recipient_lookup_ended_at", "messages", ["province", "recipient_lookup", "ended_at"]
    )
    op.create_index("ix_reminders_province_decided_on", "reminders", ["province", "decided_on"])


def downgrade() -> None:
    op.drop_index("ix_reminders_province_decided_on", "reminders")
    op.drop_index("ix_messages_province_recipient_lookup_ended_at", "messages")
