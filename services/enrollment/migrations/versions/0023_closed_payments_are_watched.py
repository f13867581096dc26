"""Payments that were closed here only are found for asking the provider about them."""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE INDEX online_payment_watch ON online_payment (tenant_id, expires_at) WHERE state = 'closed'"
    )


def downgrade() -> None:
    op.execute("DROP INDEX online_payment_watch")
