"""Log-in at an OpenID Connect issuer, and when a password was changed."""

import sqlalchemy as sa
from alembic import op

import store.types

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("users") as batch_op:
        batch_op.add_column(sa.Column("password_at", store.types.Instant(timezone=True), nullable=True))
    with op.batch_alter_table("sessions") as batch_op:
        batch_op.add_column(sa.Column("method", sa.String(length=10), nullable=False, server_default="password"))
        batch_op.add_column(sa.Column("role", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("second_step", sa.Boolean(), nullable=True))
        batch_op.create_check_constraint(op.f("ck_sessions_method"), "method IN ('password', 'oidc')")
    _identities()
    _signins()


def _identities() -> None:
    op.create_table(
        "identities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("province", sa.String(length=40), nullable=False),
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("shown_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", store.types.Instant(timezone=True), nullable=False),
        sa.Column("linked_at", store.types.Instant(timezone=True), nullable=True),
        sa.Column("linked_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_identities_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identities")),
        sa.UniqueConstraint("province", "issuer", "subject", name=op.f("uq_identities_province_issuer_subject")),
    )
    op.create_index(op.f("ix_identities_user_id"), "identities", ["user_id"])


def _signins() -> None:
    op.create_table(
        "signins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("province", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("browser", sa.String(length=64), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", store.types.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signins")),
        sa.UniqueConstraint("digest", name=op.f("uq_signins_digest")),
    )
    op.create_index(op.f("ix_signins_province_created_at"), "signins", ["province", "created_at"])


def downgrade() -> None:
    op.drop_table("signins")
    op.drop_table("identities")
    with op.batch_alter_table("sessions") as batch_op:
        batch_op.drop_constraint(op.f("ck_sessions_method"), type_="check")
        batch_op.drop_column("second_step")
        batch_op.drop_column("role")
        batch_op.drop_column("method")
    with op.batch_alter_table("users") as batch_op:
        batch_op.drop_column("password_at")
