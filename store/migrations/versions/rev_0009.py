"""Where a session was opened: its address and what kind of browser, so that its user knows it again."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sessions", sa.Column("address", sa.String(45)))
    op.add_column("sessions", sa.Column("browser", sa.String(60)))


def downgrade() -> None:
    op.drop_column("sessions", "browser")
    op.drop_column("sessions", "address")
