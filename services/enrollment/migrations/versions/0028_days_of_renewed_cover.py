"""The first and last day of the cover that an order brought: renewals begin when each person's term ends."""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE enrolment_order ADD COLUMN cover_from date, ADD COLUMN cover_until date")


def downgrade() -> None:
    op.execute("ALTER TABLE enrolment_order DROP COLUMN cover_from, DROP COLUMN cover_until")
