"""Indexes for what the desk shows among years of tasks: a task's history, what waits, what failed, how it went."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    waiting = sa.text("waiting_for IS NOT NULL")
    op.create_index("ix_audit_province_id", "audit", ["province", "id"])
    op.create_index("ix_audit_province_subject_id", "audit", ["province", "subject", "id"])
    op.create_index(
        "ix_deadlines_province_task_id", "deadlines", ["province", "task_id"],
        sqlite_where=waiting, postgresql_where=waiting,
    )  # fmt: skip
    op.create_index("ix_messages_province_id", "messages", ["province", "id"])
    op.create_index("ix_messages_province_state_id", "messages", ["province", "state", "id"])
    op.create_index("ix_messages_province_agency_id", "messages", ["province", "agency", "id"])
    op.create_index(
        "ix_dues_went", "dues",
        ["province", "track", "first_seen", "late_from", "done_on", "done_late", "state", "blocked"],
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_dues_went", "dues")
    op.drop_index("ix_messages_province_agency_id", "messages")
    op.drop_index("ix_messages_province_state_id", "messages")
    op.drop_index("ix_messages_province_id", "messages")
    op.drop_index("ix_deadlines_province_task_id", "deadlines")
    op.drop_index("ix_audit_province_subject_id", "audit")
    op.drop_index("ix_audit_province_id", "audit")
