"""What was told of a benefit is kept by its version: money that the bank gave back is paid no more."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE benefit_paid ADD COLUMN version integer NOT NULL DEFAULT 0")


def downgrade() -> None:
    op.execute("ALTER TABLE benefit_paid DROP COLUMN version")
