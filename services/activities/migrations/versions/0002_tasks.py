"""Tables of long work that people ask for."""

from common.tasks.migrations import create_task_table_v1, drop_task_table_v1

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_task_table_v1(service="activities")


def downgrade() -> None:
    drop_task_table_v1()
