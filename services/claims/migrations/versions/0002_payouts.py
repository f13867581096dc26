"""Payouts: batches by schedule, confirmed, cancelled; payments given back; bank accounts of funds."""

from alembic import op

from common.db.migrations import defer_foreign_keys, protect

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PAYOUTS = """
ALTER TABLE payout ADD COLUMN kind text, ADD COLUMN requested_on date, ADD COLUMN reversed_on date;
CREATE INDEX payout_person ON payout (tenant_id, person_id, id);
CREATE INDEX payout_status ON payout (tenant_id, status, id);
ALTER TABLE payout_batch ALTER COLUMN maker_id DROP NOT NULL,
  ADD COLUMN origin text NOT NULL DEFAULT 'person' CHECK (origin IN ('person', 'schedule')),
  ADD COLUMN maker_person_id uuid, ADD COLUMN releaser_person_id uuid, ADD COLUMN confirmed_at timestamptz,
  ADD COLUMN reason text,
  DROP CONSTRAINT payout_batch_status_check,
  ADD CONSTRAINT payout_batch_status_check CHECK (status IN ('prepared', 'released', 'settled', 'cancelled')),
  ADD CONSTRAINT payout_batch_two_people CHECK (maker_person_id <> releaser_person_id),
  ADD CONSTRAINT payout_batch_confirmed CHECK (releaser_id IS NULL OR maker_id IS NOT NULL);
CREATE INDEX payout_batch_status ON payout_batch (tenant_id, status, id);
CREATE SEQUENCE payout_batch_number;
GRANT USAGE ON SEQUENCE payout_batch_number TO claims_app;
ALTER TABLE payout_item ADD COLUMN paid_on date, ADD COLUMN reversed_on date,
  DROP CONSTRAINT payout_item_outcome_check,
  ADD CONSTRAINT payout_item_outcome_check CHECK (outcome IN ('paid', 'failed', 'reversed', 'cancelled'));
DROP INDEX payout_item_once;
CREATE UNIQUE INDEX payout_item_once ON payout_item (tenant_id, payout_id) WHERE outcome IS NULL OR outcome = 'paid';
CREATE INDEX payout_item_payout ON payout_item (tenant_id, payout_id);
CREATE INDEX payout_item_serial ON payout_item (tenant_id, bank_serial) WHERE bank_serial IS NOT NULL;
CREATE TABLE payout_slot (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, fund text NOT NULL, slot text NOT NULL,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, fund, slot));
"""

ACCOUNTS = """
CREATE TABLE fund_account (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, fund text NOT NULL, holder text NOT NULL,
  bank text NOT NULL, number text NOT NULL, effective_from timestamptz NOT NULL, proposal_id uuid NOT NULL,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, proposal_id));
CREATE INDEX fund_account_fund ON fund_account (tenant_id, fund, effective_from);
"""

GROWING = ("payout_slot", "fund_account")


def upgrade() -> None:
    for script in (PAYOUTS, ACCOUNTS):
        for statement in script.split(";"):
            if statement.strip():
                op.execute(statement)
    for table in GROWING:
        protect(table, service="claims", app="SELECT, INSERT")
    defer_foreign_keys()


def downgrade() -> None:
    for table in reversed(GROWING):
        op.execute(f"DROP TABLE {table}")
    for statement in (
        "DROP INDEX payout_item_serial",
        "DROP INDEX payout_item_payout",
        "DROP INDEX payout_item_once",
        "UPDATE payout_item SET outcome = 'failed' WHERE outcome IN ('reversed', 'cancelled')",
        "ALTER TABLE payout_item DROP COLUMN paid_on, DROP COLUMN reversed_on, "
        "DROP CONSTRAINT payout_item_outcome_check, "
        "ADD CONSTRAINT payout_item_outcome_check CHECK (outcome IN ('paid', 'failed'))",
        "CREATE UNIQUE INDEX payout_item_once ON payout_item (tenant_id, payout_id) "
        "WHERE outcome IS DISTINCT FROM 'failed'",
        "DROP SEQUENCE payout_batch_number",
        "DROP INDEX payout_batch_status",
        "UPDATE payout_batch SET status = 'settled' WHERE status = 'cancelled'",
        "UPDATE payout_batch SET maker_id = gen_random_uuid() WHERE maker_id IS NULL",
        "ALTER TABLE payout_batch DROP CONSTRAINT payout_batch_confirmed, DROP CONSTRAINT payout_batch_two_people, "
        "DROP COLUMN origin, DROP COLUMN maker_person_id, DROP COLUMN releaser_person_id, DROP COLUMN confirmed_at, "
        "DROP COLUMN reason, ALTER COLUMN maker_id SET NOT NULL, DROP CONSTRAINT payout_batch_status_check, "
        "ADD CONSTRAINT payout_batch_status_check CHECK (status IN ('prepared', 'released', 'settled'))",
        "DROP INDEX payout_status",
        "DROP INDEX payout_person",
        "ALTER TABLE payout DROP COLUMN kind, DROP COLUMN requested_on, DROP COLUMN reversed_on",
    ):
        op.execute(statement)
