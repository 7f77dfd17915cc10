"""Open dates in their order: what is late or comes next is found without a look at all of the same day."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_dues_province_state_on_date_id", "dues", ["province", "state", "on_date", "id"])
    op.drop_index("ix_dues_province_on_date", "dues")


def downgrade() -> None:
    op.create_index("ix_dues_province_on_date", "dues", ["province", "on_date"])
    op.drop_index("ix_dues_province_state_on_date_id", "dues")
