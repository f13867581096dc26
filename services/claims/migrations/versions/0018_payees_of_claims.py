"""To whom a claim's payout goes, the insured person or a legal heir; who gave a batch up."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

UP = (
    "ALTER TABLE payout DROP CONSTRAINT payout_payee_check",
    "ALTER TABLE payout ADD CONSTRAINT payout_payee_check "
    "CHECK (payee IN ('unit', 'member', 'insured', 'legal_heir')) NOT VALID",
    "ALTER TABLE payout VALIDATE CONSTRAINT payout_payee_check",
    "ALTER TABLE payout_batch ADD COLUMN canceller_id uuid, ADD COLUMN canceller_human uuid, "
    "ADD COLUMN cancelled_at timestamptz",
)
DOWN = (
    "UPDATE payout SET payee = NULL WHERE payee IN ('insured', 'legal_heir')",
    "ALTER TABLE payout DROP CONSTRAINT payout_payee_check",
    "ALTER TABLE payout ADD CONSTRAINT payout_payee_check CHECK (payee IN ('unit', 'member'))",
    "ALTER TABLE payout_batch DROP COLUMN canceller_id, DROP COLUMN canceller_human, DROP COLUMN cancelled_at",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
