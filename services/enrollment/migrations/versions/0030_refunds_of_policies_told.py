"""Of which refunds other services were told the policy: those of before are told again, in batches, by the worker."""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE refund_owed ADD COLUMN policy_told boolean NOT NULL DEFAULT false")
    op.execute("ALTER TABLE refund_owed ADD COLUMN tell_again_at timestamptz")
    op.execute(
        "CREATE INDEX refund_owed_untold ON refund_owed (tenant_id, id) WHERE NOT policy_told AND policy_id IS NOT NULL"
    )


def downgrade() -> None:
    op.execute("DROP INDEX refund_owed_untold")
    op.execute("ALTER TABLE refund_owed DROP COLUMN tell_again_at")
    op.execute("ALTER TABLE refund_owed DROP COLUMN policy_told")
