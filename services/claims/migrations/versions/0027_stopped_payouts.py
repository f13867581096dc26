"""A payout whose claim a sample found wrongly decided waits until two people have it go on."""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE payout ADD COLUMN stopped_at timestamptz")


def downgrade() -> None:
    op.execute("ALTER TABLE payout DROP COLUMN stopped_at")
