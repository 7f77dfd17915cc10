"""What Zalo last said of a message, and when it was asked."""

import sqlalchemy as sa
from alembic import op

import store.types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("zalo_messages") as batch_op:
        batch_op.add_column(sa.Column("asked_at", store.types.Instant(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("said", sa.String(length=20), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("zalo_messages") as batch_op:
        batch_op.drop_column("said")
        batch_op.drop_column("asked_at")
