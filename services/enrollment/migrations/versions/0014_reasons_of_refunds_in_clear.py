"""Reasons of online refunds are sealed; an index finds those still in clear for the job that seals them."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE INDEX online_refund_clear_words ON online_refund (tenant_id)"
        " WHERE reason NOT LIKE 's1.%' AND reason <> ''"
    )


def downgrade() -> None:
    op.execute("DROP INDEX online_refund_clear_words")
