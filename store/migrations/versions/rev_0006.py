"""Indexes for lists of tasks: in their order, and by what their leads have said."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_tasks_province_plan_id_position_state_id", "tasks", ["province", "plan_id", "position", "state", "id"]
    )
    op.create_index(
        "ix_assignments_province_role_state_task_id", "assignments", ["province", "role", "state", "task_id"]
    )


def downgrade() -> None:
    op.drop_index("ix_assignments_province_role_state_task_id", "assignments")
    op.drop_index("ix_tasks_province_plan_id_position_state_id", "tasks")
