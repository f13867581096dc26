"""Individual applications, dues, online payments, receipts, number series, mobiles of the register."""

from alembic import op

from common.db.migrations import defer_foreign_keys, protect

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SERVICE = "enrollment"
TABLES = {
    "number_series": """
CREATE TABLE number_series (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL,
  series text COLLATE "C" NOT NULL, last bigint NOT NULL CHECK (last > 0),
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, series))""",
    "cover_application": """
CREATE TABLE cover_application (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, version int NOT NULL,
  number text COLLATE "C" NOT NULL, person_id uuid NOT NULL, account_id uuid NOT NULL, unit_id uuid NOT NULL,
  product_code text NOT NULL, pack_version int NOT NULL,
  status text NOT NULL CHECK (status IN ('draft', 'submitted', 'to_pay', 'paid', 'rejected', 'withdrawn')),
  node text, round int NOT NULL CHECK (round > 0), answers_token text,
  shares int NOT NULL CHECK (shares > 0), amount_due numeric(14,2) CHECK (amount_due >= 0),
  submitted_at timestamptz, decided_at timestamptz, paid_at timestamptz, reason text, order_id uuid,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number),
  FOREIGN KEY (tenant_id, order_id) REFERENCES enrolment_order (tenant_id, id),
  CHECK (status NOT IN ('to_pay', 'paid') OR order_id IS NOT NULL));
CREATE UNIQUE INDEX cover_application_open ON cover_application (tenant_id, person_id, product_code)
  WHERE status IN ('draft', 'submitted', 'to_pay');
CREATE INDEX cover_application_person ON cover_application (tenant_id, person_id, id);
CREATE INDEX cover_application_status ON cover_application (tenant_id, status, id);
CREATE INDEX cover_application_unit ON cover_application (tenant_id, unit_id, id);
CREATE INDEX cover_application_order ON cover_application (tenant_id, order_id)""",
    "application_step": """
CREATE TABLE application_step (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, application_id uuid NOT NULL,
  round int NOT NULL, node text, decision text NOT NULL, actor_id uuid NOT NULL, opinion text,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, application_id) REFERENCES cover_application (tenant_id, id));
CREATE INDEX application_step_application ON application_step (tenant_id, application_id, id)""",
    "online_payment": """
CREATE TABLE online_payment (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, version int NOT NULL,
  number text COLLATE "C" NOT NULL, purpose text NOT NULL CHECK (purpose IN ('cover', 'dues')),
  subject_id uuid NOT NULL, account_id uuid NOT NULL, person_id uuid NOT NULL, unit_id uuid NOT NULL,
  title text NOT NULL, amount numeric(14,2) NOT NULL CHECK (amount > 0), channel text NOT NULL, mode text NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'paid', 'failed', 'closed', 'held')),
  handle jsonb NOT NULL, expires_at timestamptz NOT NULL, asked_at timestamptz, transaction_id text,
  amount_paid numeric(14,2), paid_at timestamptz, refunded numeric(14,2) NOT NULL,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number),
  CHECK (state <> 'paid' OR amount_paid = amount), CHECK (refunded >= 0 AND refunded <= coalesce(amount_paid, 0)));
CREATE UNIQUE INDEX online_payment_open ON online_payment (tenant_id, purpose, subject_id) WHERE state = 'open';
CREATE INDEX online_payment_subject ON online_payment (tenant_id, purpose, subject_id, id);
CREATE INDEX online_payment_ask ON online_payment (tenant_id, id) WHERE state = 'open';
CREATE INDEX online_payment_person ON online_payment (tenant_id, person_id, id)""",
    "online_refund": """
CREATE TABLE online_refund (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, version int NOT NULL,
  payment_id uuid NOT NULL, number text COLLATE "C" NOT NULL, cause text COLLATE "C" NOT NULL, reason text NOT NULL,
  amount numeric(14,2) NOT NULL CHECK (amount > 0), state text NOT NULL CHECK (state IN ('requested', 'done')),
  requested_by uuid NOT NULL, attempts int NOT NULL, next_attempt_at timestamptz NOT NULL, problem text,
  done_at timestamptz,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, cause),
  FOREIGN KEY (tenant_id, payment_id) REFERENCES online_payment (tenant_id, id));
CREATE INDEX online_refund_payment ON online_refund (tenant_id, payment_id, id);
CREATE INDEX online_refund_due ON online_refund (tenant_id, next_attempt_at) WHERE state = 'requested'""",
    "dues_bill": """
CREATE TABLE dues_bill (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, version int NOT NULL,
  number text COLLATE "C" NOT NULL, person_id uuid NOT NULL, account_id uuid NOT NULL, unit_id uuid NOT NULL,
  pack_version int NOT NULL, fund text NOT NULL, wage_token text,
  per_period numeric(14,2) NOT NULL CHECK (per_period > 0), amount numeric(14,2) NOT NULL CHECK (amount > 0),
  periods jsonb NOT NULL, state text NOT NULL CHECK (state IN ('open', 'paid', 'cancelled')),
  paid_at timestamptz, receipt_number text,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number),
  CHECK (amount = per_period * jsonb_array_length(periods)));
CREATE INDEX dues_bill_person ON dues_bill (tenant_id, person_id, id);
CREATE INDEX dues_bill_unit ON dues_bill (tenant_id, unit_id, id)""",
    "dues_period": """
CREATE TABLE dues_period (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL,
  person_id uuid NOT NULL, period text NOT NULL, bill_id uuid NOT NULL,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, person_id, period),
  FOREIGN KEY (tenant_id, bill_id) REFERENCES dues_bill (tenant_id, id));
CREATE INDEX dues_period_bill ON dues_period (tenant_id, bill_id)""",
    "receipt": """
CREATE TABLE receipt (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL,
  number text COLLATE "C" NOT NULL, kind text NOT NULL CHECK (kind IN ('order', 'cover', 'dues')),
  subject_id uuid NOT NULL, fund text NOT NULL, unit_id uuid NOT NULL, person_id uuid,
  payer_name text, payer_token text, amount numeric(14,2) NOT NULL CHECK (amount > 0), lines jsonb NOT NULL,
  remark text, issued_by uuid NOT NULL, issued_on date NOT NULL, prints int NOT NULL,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number), UNIQUE (tenant_id, kind, subject_id));
CREATE INDEX receipt_unit ON receipt (tenant_id, unit_id, id);
CREATE INDEX receipt_person ON receipt (tenant_id, person_id, id)""",
}
UP = """
ALTER TABLE enrolment_order ADD COLUMN ordered_by text NOT NULL DEFAULT 'unit'
  CHECK (ordered_by IN ('unit', 'member'));
ALTER TABLE person_copy ADD COLUMN mobile_token text, ADD COLUMN mobile_index text COLLATE "C",
  ADD COLUMN member_number text COLLATE "C"
"""
DOWN = """
ALTER TABLE enrolment_order DROP COLUMN ordered_by;
ALTER TABLE person_copy DROP COLUMN mobile_token, DROP COLUMN mobile_index, DROP COLUMN member_number
"""


def upgrade() -> None:
    for statement in UP.split(";"):
        op.execute(statement)
    for table, statements in TABLES.items():
        for statement in statements.split(";"):
            op.execute(statement)
        protect(table, service=SERVICE)
    defer_foreign_keys()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE {table}")
    for statement in DOWN.split(";"):
        op.execute(statement)
