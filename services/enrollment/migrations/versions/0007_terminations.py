"""Requests to end policies early, and the benefits that refunds depend on."""

from alembic import op

from common.db.migrations import defer_foreign_keys, protect

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SERVICE = "enrollment"
TABLES = {
    "termination": """
CREATE TABLE termination (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, version int NOT NULL,
  number text COLLATE "C" NOT NULL, unit_id uuid NOT NULL, pack_version int NOT NULL, created_by uuid NOT NULL,
  submitted_by uuid, reason text NOT NULL, wanted_day date, last_day date,
  status text NOT NULL CHECK (status IN ('draft', 'submitted', 'done', 'rejected')), node text,
  round int NOT NULL CHECK (round > 0), scan_ids jsonb NOT NULL, submitted_at timestamptz, decided_at timestamptz,
  answer text, refunded numeric(14,2) CHECK (refunded >= 0),
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number),
  CHECK (status = 'draft' OR last_day IS NOT NULL));
CREATE INDEX termination_unit ON termination (tenant_id, unit_id, id);
CREATE INDEX termination_status ON termination (tenant_id, status, id)""",
    "termination_item": """
CREATE TABLE termination_item (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, termination_id uuid NOT NULL,
  policy_id uuid NOT NULL, open boolean NOT NULL,
  outcome text CHECK (outcome IN ('ended', 'ended_meanwhile')), refund numeric(14,2) CHECK (refund >= 0), why jsonb,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, termination_id, policy_id),
  FOREIGN KEY (tenant_id, termination_id) REFERENCES termination (tenant_id, id),
  FOREIGN KEY (tenant_id, policy_id) REFERENCES policy (tenant_id, id));
CREATE UNIQUE INDEX termination_item_open ON termination_item (tenant_id, policy_id) WHERE open""",
    "termination_step": """
CREATE TABLE termination_step (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, termination_id uuid NOT NULL,
  round int NOT NULL, node text, decision text NOT NULL, actor_id uuid NOT NULL, opinion text,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, termination_id) REFERENCES termination (tenant_id, id));
CREATE INDEX termination_step_termination ON termination_step (tenant_id, termination_id, id)""",
    "benefit_paid": """
CREATE TABLE benefit_paid (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, person_id uuid NOT NULL,
  product_code text NOT NULL, paid_on date NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE INDEX benefit_paid_person ON benefit_paid (tenant_id, person_id, product_code, paid_on)""",
}


def upgrade() -> None:
    for table, statements in TABLES.items():
        for statement in statements.split(";"):
            op.execute(statement)
        protect(table, service=SERVICE)
    defer_foreign_keys()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE {table}")
