"""Receipts say that their money went back; the person behind who asked for a consent."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "ALTER TABLE receipt ADD COLUMN refunded numeric(14,2) NOT NULL DEFAULT 0 "
        "CHECK (refunded >= 0 AND refunded <= amount), ADD COLUMN refunded_on date"
    )
    op.execute("ALTER TABLE over_age_consent ADD COLUMN asked_human uuid")


def downgrade() -> None:
    op.execute("ALTER TABLE over_age_consent DROP COLUMN asked_human")
    op.execute("ALTER TABLE receipt DROP COLUMN refunded, DROP COLUMN refunded_on")
