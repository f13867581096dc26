"""Refunds know whether they were paid."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

UP = (
    "ALTER TABLE refund_owed ADD COLUMN state text NOT NULL DEFAULT 'owed' "
    "CHECK (state IN ('owed', 'paid', 'failed')), ADD COLUMN paid_on date, "
    "ADD COLUMN told_version int NOT NULL DEFAULT 0"
)


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute("ALTER TABLE refund_owed DROP COLUMN state, DROP COLUMN paid_on, DROP COLUMN told_version")
