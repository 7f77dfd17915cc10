"""Open dates in their order: what is late or comes next is found without a look at all of the same day."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_dues_province_state_on_date_id", "dues", ["province", "state", "on_date", "id"])
    op.drop_index("ix_dues_province_on_date", "dues")
    # A batch begins behind the last one: without the number PostgreSQL sorted the whole morning for each.
    op.create_index("ix_dues_province_next_on_id", "dues", ["province", "next_on", "id"])
    op.drop_index("ix_dues_province_next_on", "dues")
    op.create_index("ix_messages_state_not_before_id", "messages", ["state", "not_before", "id"])
    op.drop_index("ix_messages_state_not_before", "messages")


def downgrade() -> None:
    op.create_index("ix_messages_state_not_before", "messages", ["state", "not_before"])
    op.drop_index("ix_messages_state_not_before_id", "messages")
    op.create_index("ix_dues_province_next_on", "dues", ["province", "next_on"])
    op.drop_index("ix_dues_province_next_on_id", "dues")
    op.create_index("ix_dues_province_on_date", "dues", ["province", "on_date"])
    op.drop_index("ix_dues_province_state_on_date_id", "dues")
