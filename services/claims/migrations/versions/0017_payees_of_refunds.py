"""To whom a refund goes: whoever has no person is not a unit for that."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# Of older refunds only what is certain: refunds of one policy carried the person of each member. An account that
# nobody named was taken over from an earlier refund, perhaps a member's, and is not taken for the unit's again.
UP = (
    "ALTER TABLE payout ADD COLUMN payee text CHECK (payee IN ('unit', 'member'))",
    "UPDATE payout SET payee = 'member' WHERE purpose = 'refund' AND person_id IS NOT NULL",
    "UPDATE payout SET payee = 'unit' WHERE purpose = 'refund' AND person_id IS NULL "
    "AND kind IN ('removed', 'terminated') AND account_by IS NOT NULL",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    op.execute("ALTER TABLE payout DROP COLUMN payee")
