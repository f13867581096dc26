"""Payouts of erased people: paid first, then blanked; what an erasure left waiting without a card waits for one."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE payout ADD COLUMN person_erased boolean NOT NULL DEFAULT false")
    op.execute("UPDATE payout SET status = 'awaiting_card' WHERE status = 'waiting' AND card IS NULL")


def downgrade() -> None:
    op.execute("ALTER TABLE payout DROP COLUMN person_erased")
