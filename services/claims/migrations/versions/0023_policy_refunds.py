"""Which policy a refund is of, also where it goes back online and makes no payout."""

from alembic import op

from common.db.migrations import protect

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """CREATE TABLE policy_refund (tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL,
        policy_id uuid NOT NULL, amount numeric NOT NULL, PRIMARY KEY (tenant_id, id))"""
    )
    op.execute("CREATE INDEX policy_refund_policy ON policy_refund (tenant_id, policy_id)")
    protect("policy_refund", service="claims")


def downgrade() -> None:
    op.execute("DROP TABLE policy_refund")
