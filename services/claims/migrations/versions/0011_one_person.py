"""Batches: the people behind both accounts, the account paid from. Documents: when they were read. Feedback moves."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

UP = (
    "ALTER TABLE payout_batch ADD COLUMN maker_human uuid, ADD COLUMN releaser_human uuid, "
    "ADD COLUMN payer_holder text, ADD COLUMN payer_number text, "
    "ADD CONSTRAINT payout_batch_two_humans CHECK (maker_human <> releaser_human)",
    "ALTER TABLE document_copy ADD COLUMN recognized_at timestamptz",
    "GRANT UPDATE (org_path) ON feedback TO claims_app",
)
DOWN = (
    "REVOKE UPDATE (org_path) ON feedback FROM claims_app",
    "ALTER TABLE document_copy DROP COLUMN recognized_at",
    "ALTER TABLE payout_batch DROP CONSTRAINT payout_batch_two_humans, DROP COLUMN maker_human, "
    "DROP COLUMN releaser_human, DROP COLUMN payer_holder, DROP COLUMN payer_number",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
