"""Refunds are payouts too: without a claim, in batches of their own, to an account that staff named."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

UP = (
    "ALTER TABLE payout ALTER COLUMN claim_id DROP NOT NULL, ALTER COLUMN person_id DROP NOT NULL, "
    "ADD COLUMN purpose text NOT NULL DEFAULT 'claim' CHECK (purpose IN ('claim', 'refund')), "
    "ADD COLUMN refund_id uuid, ADD COLUMN account_by uuid, ADD COLUMN account_human uuid, "
    "ADD CONSTRAINT payout_of_one CHECK ((purpose = 'claim') = (claim_id IS NOT NULL) "
    "AND (purpose = 'refund') = (refund_id IS NOT NULL)), "
    "ADD CONSTRAINT payout_claim_person CHECK (purpose = 'refund' OR person_id IS NOT NULL)",
    "CREATE UNIQUE INDEX payout_refund ON payout (tenant_id, refund_id) WHERE refund_id IS NOT NULL",
    "CREATE INDEX payout_unit_refund ON payout (tenant_id, unit_id, paid_on) WHERE purpose = 'refund'",
    "ALTER TABLE payout_batch ADD COLUMN purpose text NOT NULL DEFAULT 'claim' "
    "CHECK (purpose IN ('claim', 'refund'))",
    "CREATE SEQUENCE refund_number",
    "GRANT USAGE ON SEQUENCE refund_number TO claims_app",
)
DOWN = (
    "DROP SEQUENCE refund_number",
    "DELETE FROM payout_item WHERE batch_id IN (SELECT id FROM payout_batch WHERE purpose = 'refund')",
    "DELETE FROM payout_batch WHERE purpose = 'refund'",
    "DELETE FROM payout WHERE purpose = 'refund'",
    "ALTER TABLE payout_batch DROP COLUMN purpose",
    "DROP INDEX payout_unit_refund",
    "DROP INDEX payout_refund",
    "ALTER TABLE payout DROP CONSTRAINT payout_claim_person, DROP CONSTRAINT payout_of_one, DROP COLUMN purpose, "
    "DROP COLUMN refund_id, DROP COLUMN account_by, DROP COLUMN account_human, "
    "ALTER COLUMN claim_id SET NOT NULL, ALTER COLUMN person_id SET NOT NULL",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
