"""A refund knows the policy that was ended: a claim under it is looked at by a person."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE payout ADD COLUMN policy_id uuid")
    op.execute("CREATE INDEX payout_policy ON payout (tenant_id, policy_id) WHERE policy_id IS NOT NULL")


def downgrade() -> None:
    op.execute("ALTER TABLE payout DROP COLUMN policy_id")
