"""Claims, decisions, settlement feed, payouts and ledger."""

from alembic import op

from common.db.migrations import create_common_tables_v1, defer_foreign_keys, drop_common_tables_v1, protect

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

COPIES = """
CREATE TABLE policy_copy (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, version int NOT NULL,
  number text NOT NULL, person_id uuid NOT NULL, unit_id uuid NOT NULL, product_code text NOT NULL,
  pack_version int NOT NULL, shares int NOT NULL, starts_on date NOT NULL, ends_on date NOT NULL, ended_on date,
  document_index text NOT NULL, document_number text NOT NULL, name text NOT NULL, mobile text, bank_card text,
  bank_name text, PRIMARY KEY (tenant_id, id));
CREATE INDEX policy_copy_document ON policy_copy (tenant_id, document_index);
CREATE INDEX policy_copy_person ON policy_copy (tenant_id, person_id);
CREATE TABLE person_copy (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, version int NOT NULL,
  document_index text NOT NULL, name text NOT NULL, mobile text, unit_id uuid, state text NOT NULL, account_id uuid,
  PRIMARY KEY (tenant_id, id));
CREATE INDEX person_copy_document ON person_copy (tenant_id, document_index);
CREATE TABLE unit_copy (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, version int NOT NULL,
  name text NOT NULL, org_path text COLLATE "C" NOT NULL, PRIMARY KEY (tenant_id, id));
CREATE INDEX unit_copy_path ON unit_copy (tenant_id, org_path);
CREATE TABLE document_copy (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, owner_id uuid NOT NULL,
  person_id uuid, sha256 text NOT NULL, outcome text, document_type text, recognition text,
  PRIMARY KEY (tenant_id, id));
"""

CLAIMS = """
CREATE SEQUENCE claim_number;
CREATE TABLE claim (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, version int NOT NULL,
  number text, kind text NOT NULL, event text NOT NULL, product_code text, fund text NOT NULL, policy_id uuid,
  person_id uuid NOT NULL, unit_id uuid, org_path text COLLATE "C" NOT NULL, pack_version int NOT NULL,
  opened_by text NOT NULL CHECK (opened_by IN ('member', 'feed', 'counter')), account_id uuid,
  status text NOT NULL CHECK (status IN ('draft', 'to_upload', 'in_review', 'returned', 'approved', 'rejected',
    'withdrawn', 'paid', 'payment_failed')),
  node text, node_role text, node_since timestamptz, round int NOT NULL, form text NOT NULL,
  event_on date, admitted_on date, discharged_on date, due_on date, amount numeric(14,2) CHECK (amount >= 0),
  explanation text, review_reasons jsonb NOT NULL, automatic boolean NOT NULL, reason text, submitted_at timestamptz,
  decided_at timestamptz, PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number),
  FOREIGN KEY (tenant_id, policy_id) REFERENCES policy_copy (tenant_id, id),
  CHECK ((status = 'in_review') = (node IS NOT NULL)));
CREATE INDEX claim_person ON claim (tenant_id, person_id, id);
CREATE INDEX claim_unit ON claim (tenant_id, unit_id, id);
CREATE INDEX claim_status ON claim (tenant_id, status, id);
CREATE INDEX claim_task ON claim (tenant_id, node_role, id) WHERE status = 'in_review';
CREATE TABLE claim_document (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, claim_id uuid NOT NULL,
  document_id uuid NOT NULL, rule text NOT NULL, stay int NOT NULL, sha256 text NOT NULL,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, claim_id, document_id),
  FOREIGN KEY (tenant_id, claim_id) REFERENCES claim (tenant_id, id));
CREATE INDEX claim_document_document ON claim_document (tenant_id, document_id);
CREATE TABLE claim_step (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, claim_id uuid NOT NULL,
  round int NOT NULL, node text NOT NULL, action text NOT NULL, handler_id uuid, opinion text NOT NULL,
  PRIMARY KEY (tenant_id, id), FOREIGN KEY (tenant_id, claim_id) REFERENCES claim (tenant_id, id));
CREATE INDEX claim_step_claim ON claim_step (tenant_id, claim_id, id);
CREATE UNIQUE INDEX claim_step_once ON claim_step (tenant_id, claim_id, round, node) WHERE action = 'agreed';
CREATE TABLE evidence (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, claim_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('receipt', 'picture')), mark text NOT NULL, PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, kind, mark),
  FOREIGN KEY (tenant_id, claim_id) REFERENCES claim (tenant_id, id) DEFERRABLE INITIALLY DEFERRED);
CREATE INDEX evidence_claim ON evidence (tenant_id, claim_id);
CREATE TABLE stay (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, claim_id uuid NOT NULL,
  person_id uuid NOT NULL, event text NOT NULL, admitted_on date NOT NULL, discharged_on date NOT NULL,
  PRIMARY KEY (tenant_id, id), FOREIGN KEY (tenant_id, claim_id) REFERENCES claim (tenant_id, id),
  CHECK (admitted_on <= discharged_on));
CREATE INDEX stay_person ON stay (tenant_id, person_id);
CREATE INDEX stay_claim ON stay (tenant_id, claim_id);
CREATE TABLE benefit_use (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, claim_id uuid NOT NULL,
  person_id uuid NOT NULL, policy_id uuid, facts jsonb NOT NULL, PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, claim_id) REFERENCES claim (tenant_id, id));
CREATE INDEX benefit_use_person ON benefit_use (tenant_id, person_id);
CREATE INDEX benefit_use_claim ON benefit_use (tenant_id, claim_id);
"""

FEED = """
CREATE TABLE feed_file (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, version int NOT NULL,
  format text NOT NULL, sha256 text NOT NULL, imported_by uuid NOT NULL, lines int NOT NULL, accepted int NOT NULL,
  repeated int NOT NULL, bad int NOT NULL, differing int NOT NULL, PRIMARY KEY (tenant_id, id));
CREATE TABLE feed_line (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, file_id uuid NOT NULL,
  line_no int NOT NULL, source_id text NOT NULL, counted boolean NOT NULL, state text NOT NULL
    CHECK (state IN ('new', 'decided', 'opened', 'in_review', 'nothing_due', 'unmatched', 'not_covered', 'duplicate',
      'bad', 'differs', 'failed')),
  reasons jsonb NOT NULL, facts text, document_index text, digest text NOT NULL, claim_id uuid,
  decided_at timestamptz, PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, file_id) REFERENCES feed_file (tenant_id, id),
  FOREIGN KEY (tenant_id, claim_id) REFERENCES claim (tenant_id, id) DEFERRABLE INITIALLY DEFERRED);
CREATE UNIQUE INDEX feed_line_source ON feed_line (tenant_id, source_id) WHERE counted;
CREATE INDEX feed_line_new ON feed_line (tenant_id, id) WHERE state = 'new';
CREATE INDEX feed_line_file ON feed_line (tenant_id, file_id, state, id);
"""

LEDGER = """
CREATE TABLE ledger_account (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, fund text NOT NULL, code text NOT NULL,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, fund, code));
CREATE TABLE ledger_posting (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, fund text NOT NULL,
  cause_kind text NOT NULL, cause_id uuid NOT NULL, booked_on date NOT NULL, memo text NOT NULL,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, cause_kind, cause_id));
CREATE TABLE ledger_entry (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, posting_id uuid NOT NULL,
  fund text NOT NULL, account text NOT NULL, debit numeric(14,2) NOT NULL CHECK (debit >= 0),
  credit numeric(14,2) NOT NULL CHECK (credit >= 0), PRIMARY KEY (tenant_id, id),
  CHECK ((debit = 0) <> (credit = 0)),
  FOREIGN KEY (tenant_id, posting_id) REFERENCES ledger_posting (tenant_id, id),
  FOREIGN KEY (tenant_id, fund, account) REFERENCES ledger_account (tenant_id, fund, code));
CREATE INDEX ledger_entry_posting ON ledger_entry (tenant_id, posting_id);
CREATE INDEX ledger_entry_account ON ledger_entry (tenant_id, fund, account, id);
"""

# One imbalance in a posting undoes the whole transaction, whoever wrote it.
BALANCED = """
CREATE FUNCTION ledger_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT sum(debit) <> sum(credit) FROM ledger_entry
      WHERE tenant_id = NEW.tenant_id AND posting_id = NEW.posting_id) THEN
    RAISE EXCEPTION 'posting % does not sum to zero', NEW.posting_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$
"""
BALANCED_TRIGGER = """
CREATE CONSTRAINT TRIGGER ledger_entry_balanced AFTER INSERT ON ledger_entry
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_balanced()
"""

PAYOUTS = """
CREATE TABLE payout (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, version int NOT NULL,
  claim_id uuid NOT NULL, number text NOT NULL, claim_number text NOT NULL, person_id uuid NOT NULL, unit_id uuid,
  product_code text, fund text NOT NULL, amount numeric(14,2) NOT NULL CHECK (amount > 0),
  status text NOT NULL CHECK (status IN ('awaiting_card', 'waiting', 'batched', 'released', 'paid', 'failed')),
  name text NOT NULL, card text, bank_name text, failure text, attempts int NOT NULL, paid_on date,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, claim_id), UNIQUE (tenant_id, number),
  FOREIGN KEY (tenant_id, claim_id) REFERENCES claim (tenant_id, id));
CREATE INDEX payout_waiting ON payout (tenant_id, fund, id) WHERE status = 'waiting';
CREATE TABLE payout_batch (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, version int NOT NULL,
  number text NOT NULL, fund text NOT NULL, status text NOT NULL CHECK (status IN ('prepared', 'released', 'settled')),
  maker_id uuid NOT NULL, releaser_id uuid, released_at timestamptz, total numeric(14,2) NOT NULL CHECK (total > 0),
  payouts int NOT NULL, PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number), CHECK (maker_id <> releaser_id));
CREATE TABLE payout_item (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, batch_id uuid NOT NULL,
  payout_id uuid NOT NULL, sequence int NOT NULL, number text NOT NULL, amount numeric(14,2) NOT NULL,
  name text NOT NULL, card text NOT NULL, bank_name text, claim_number text NOT NULL,
  outcome text CHECK (outcome IN ('paid', 'failed')), reason text, bank_serial text, settled_at timestamptz,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, batch_id, payout_id),
  FOREIGN KEY (tenant_id, batch_id) REFERENCES payout_batch (tenant_id, id),
  FOREIGN KEY (tenant_id, payout_id) REFERENCES payout (tenant_id, id));
CREATE UNIQUE INDEX payout_item_once ON payout_item (tenant_id, payout_id) WHERE outcome IS DISTINCT FROM 'failed';
"""

STATISTICS = """
CREATE TABLE statistic (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, unit_id uuid NOT NULL,
  product_code text NOT NULL, year int NOT NULL, contributions numeric(14,2) NOT NULL, enrolled int NOT NULL,
  paid numeric(14,2) NOT NULL, paid_claims int NOT NULL,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, unit_id, product_code, year));
"""

CHANGING = (
    "policy_copy", "person_copy", "unit_copy", "document_copy", "claim", "claim_document", "evidence", "stay",
    "benefit_use", "feed_file", "feed_line", "payout", "payout_batch", "payout_item", "statistic",
)  # fmt: skip
# Decisions and money already booked are facts: the app role can add to them and change nothing.
GROWING = ("claim_step", "ledger_account", "ledger_posting", "ledger_entry")


def upgrade() -> None:
    create_common_tables_v1(service="claims")
    for script in (COPIES, CLAIMS, FEED, LEDGER, PAYOUTS, STATISTICS):
        for statement in script.split(";"):
            if statement.strip():
                op.execute(statement)
    op.execute(BALANCED)
    op.execute(BALANCED_TRIGGER)
    for table in CHANGING:
        protect(table, service="claims")
    for table in GROWING:
        protect(table, service="claims", app="SELECT, INSERT")
    # Serial part of claim numbers, shared by the tenants: it says nothing but that somebody made a claim.
    op.execute("GRANT USAGE ON SEQUENCE claim_number TO claims_app")
    defer_foreign_keys()


def downgrade() -> None:
    for table in (
        "statistic", "payout_item", "payout_batch", "payout", "ledger_entry", "ledger_posting", "ledger_account",
        "feed_line", "feed_file", "benefit_use", "stay", "evidence", "claim_step", "claim_document", "claim",
        "document_copy", "unit_copy", "person_copy", "policy_copy",
    ):  # fmt: skip
        op.execute(f"DROP TABLE {table}")
    op.execute("DROP FUNCTION ledger_balanced()")
    op.execute("DROP SEQUENCE claim_number")
    drop_common_tables_v1()
