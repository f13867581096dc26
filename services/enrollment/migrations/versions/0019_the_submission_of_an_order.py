"""An order names the task that hands it in: a repeated request is answered by the one that runs."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE enrolment_order ADD COLUMN submission_id uuid")


def downgrade() -> None:
    op.execute("ALTER TABLE enrolment_order DROP COLUMN submission_id")
