"""Orders, their people, roster imports, covers, policies, copies of units and persons."""

from alembic import op

from common.db.migrations import create_common_tables_v1, defer_foreign_keys, drop_common_tables_v1, protect

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SERVICE = "enrollment"
# Numbers and paths are compared by bytes, whatever the language of the database.
TABLES = {
    "unit_copy": """
CREATE TABLE unit_copy (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, version int NOT NULL,
  name text NOT NULL, credit_code text NOT NULL, org_path text COLLATE "C" NOT NULL, medical_code text,
  handler_account_id uuid, status text NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE INDEX unit_copy_path ON unit_copy (tenant_id, org_path)""",
    "person_copy": """
CREATE TABLE person_copy (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, version int NOT NULL,
  document_kind text NOT NULL, document_token text NOT NULL, document_index text COLLATE "C",
  name_token text NOT NULL, unit_id uuid, state text NOT NULL, account_id uuid,
  PRIMARY KEY (tenant_id, id));
CREATE INDEX person_copy_document ON person_copy (tenant_id, document_index)""",
    "enrolment_order": """
CREATE TABLE enrolment_order (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, version int NOT NULL,
  number text COLLATE "C" NOT NULL, unit_id uuid NOT NULL, product_code text NOT NULL, pack_version int NOT NULL,
  status text NOT NULL CHECK (status IN
    ('draft', 'submitted', 'to_pay', 'payment_review', 'payment_held', 'paid', 'done')),
  node text, created_by uuid NOT NULL, requested_start date,
  people int NOT NULL CHECK (people >= 0), shares int NOT NULL CHECK (shares >= 0),
  amount_due numeric(14,2) CHECK (amount_due >= 0),
  submitted_by uuid, submitted_at timestamptz, approved_at timestamptz, return_reason text,
  amount_paid numeric(14,2) CHECK (amount_paid >= 0), voucher_id uuid, paper_ids jsonb NOT NULL,
  payment_reported_by uuid, payment_reported_at timestamptz, refusal_reason text,
  confirmed_on date, starts_on date, ends_on date, issued int NOT NULL, skipped int NOT NULL,
  issued_to uuid, done_at timestamptz,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number),
  CHECK (issued >= 0 AND skipped >= 0 AND issued + skipped <= people),
  CHECK (status NOT IN ('paid', 'done') OR (amount_paid = amount_due AND starts_on <= ends_on)));
CREATE INDEX enrolment_order_unit ON enrolment_order (tenant_id, unit_id, id);
CREATE INDEX enrolment_order_status ON enrolment_order (tenant_id, status, id)""",
    "order_step": """
CREATE TABLE order_step (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, order_id uuid NOT NULL,
  chain text NOT NULL, node text, decision text NOT NULL, actor_id uuid NOT NULL, reason text,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, order_id) REFERENCES enrolment_order (tenant_id, id));
CREATE INDEX order_step_order ON order_step (tenant_id, order_id, id)""",
    "roster_import": """
CREATE TABLE roster_import (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, order_id uuid NOT NULL,
  sha256 text NOT NULL, size bigint NOT NULL, uploaded_by uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('checking', 'done', 'refused')),
  rows_done int NOT NULL, total int NOT NULL, insurable int NOT NULL, not_insurable int NOT NULL, problem text,
  started_at timestamptz NOT NULL, finished_at timestamptz,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, order_id, sha256),
  FOREIGN KEY (tenant_id, order_id) REFERENCES enrolment_order (tenant_id, id))""",
    "order_person": """
CREATE TABLE order_person (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, order_id uuid NOT NULL,
  import_id uuid, sheet_row int, person_id uuid, document_kind text NOT NULL,
  document_token text, document_index text COLLATE "C", name_token text, name_index text COLLATE "C",
  mobile_token text, mobile_index text COLLATE "C", card_token text, card_index text COLLATE "C",
  bank_name text, note_token text, shares int NOT NULL CHECK (shares >= 0),
  insurable boolean NOT NULL, reasons jsonb NOT NULL,
  outcome text CHECK (outcome = 'covered_meanwhile'),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, order_id) REFERENCES enrolment_order (tenant_id, id),
  CHECK (NOT insurable OR (person_id IS NOT NULL AND document_token IS NOT NULL AND document_index IS NOT NULL
    AND name_token IS NOT NULL AND name_index IS NOT NULL AND shares > 0)));
CREATE INDEX order_person_order ON order_person (tenant_id, order_id, insurable, id);
CREATE INDEX order_person_person ON order_person (tenant_id, person_id);
CREATE UNIQUE INDEX order_person_once ON order_person (tenant_id, order_id, person_id) WHERE insurable""",
    "cover": """
CREATE TABLE cover (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, person_id uuid NOT NULL,
  product_code text NOT NULL, covered_until date, terms int NOT NULL CHECK (terms >= 0),
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, person_id, product_code))""",
    "policy": """
CREATE TABLE policy (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, version int NOT NULL,
  number text COLLATE "C" NOT NULL, person_id uuid NOT NULL, unit_id uuid NOT NULL, order_id uuid NOT NULL,
  product_code text NOT NULL, pack_version int NOT NULL, term int NOT NULL, shares int NOT NULL CHECK (shares > 0),
  contribution numeric(14,2) NOT NULL CHECK (contribution >= 0),
  starts_on date NOT NULL, ends_on date NOT NULL, status text NOT NULL CHECK (status IN ('in_force', 'terminated')),
  document_kind text NOT NULL, document_token text NOT NULL, document_index text COLLATE "C" NOT NULL,
  name_token text NOT NULL, name_index text COLLATE "C" NOT NULL,
  mobile_token text, mobile_index text COLLATE "C", card_token text, card_index text COLLATE "C", bank_name text,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number),
  UNIQUE (tenant_id, person_id, product_code, term),
  FOREIGN KEY (tenant_id, order_id) REFERENCES enrolment_order (tenant_id, id),
  CHECK (starts_on <= ends_on));
CREATE INDEX policy_order ON policy (tenant_id, order_id, id);
CREATE INDEX policy_unit ON policy (tenant_id, unit_id, id);
CREATE INDEX policy_document ON policy (tenant_id, document_index);
CREATE INDEX policy_name ON policy (tenant_id, name_index)""",
    "policy_snapshot": """
CREATE TABLE policy_snapshot (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, requested_by uuid NOT NULL,
  after uuid, told int NOT NULL, finished_at timestamptz,
  PRIMARY KEY (tenant_id, id));
CREATE INDEX policy_snapshot_open ON policy_snapshot (tenant_id, id) WHERE finished_at IS NULL""",
}


def upgrade() -> None:
    create_common_tables_v1(service=SERVICE)
    for table, statements in TABLES.items():
        for statement in statements.split(";"):
            op.execute(statement)
        protect(table, service=SERVICE)
    defer_foreign_keys()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE {table}")
    drop_common_tables_v1()
