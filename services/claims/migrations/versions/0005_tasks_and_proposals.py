"""Tables of long work and of commands that take two people."""

from common.proposals.migrations import create_proposal_table_v1, drop_proposal_table_v1
from common.tasks.migrations import create_task_table_v1, drop_task_table_v1

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_task_table_v1(service="claims")
    create_proposal_table_v1(service="claims")


def downgrade() -> None:
    drop_proposal_table_v1()
    drop_task_table_v1()
