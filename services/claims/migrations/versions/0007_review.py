"""Tasks taken by one person, reminders, appeals and complaints, feedback, samples, near pictures."""

from alembic import op

from common.db.migrations import defer_foreign_keys, protect

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

CLAIMS = """
ALTER TABLE claim ADD COLUMN handler_id uuid, ADD COLUMN handler text NOT NULL DEFAULT '',
  ADD COLUMN handler_since timestamptz, ADD COLUMN assigned_by uuid;
ALTER TABLE claim_step ADD COLUMN handler text NOT NULL DEFAULT '';
ALTER TABLE document_copy ADD COLUMN phash text;
CREATE TABLE reminder (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, claim_id uuid NOT NULL,
  mark text NOT NULL, PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, claim_id, mark),
  FOREIGN KEY (tenant_id, claim_id) REFERENCES claim (tenant_id, id));
"""
PICTURES = """
CREATE TABLE picture (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, claim_id uuid NOT NULL,
  document_id uuid NOT NULL, phash text NOT NULL, receipt_mark text, band_0 int NOT NULL, band_1 int NOT NULL,
  band_2 int NOT NULL, band_3 int NOT NULL, PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, claim_id, document_id),
  FOREIGN KEY (tenant_id, claim_id) REFERENCES claim (tenant_id, id));
CREATE INDEX picture_band_0 ON picture (tenant_id, band_0);
CREATE INDEX picture_band_1 ON picture (tenant_id, band_1);
CREATE INDEX picture_band_2 ON picture (tenant_id, band_2);
CREATE INDEX picture_band_3 ON picture (tenant_id, band_3);
"""
APPEALS = """
CREATE TABLE appeal (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, version int NOT NULL,
  claim_id uuid NOT NULL, kind text NOT NULL CHECK (kind IN ('appeal', 'complaint')),
  status text NOT NULL CHECK (status IN ('open', 'granted', 'dismissed', 'answered', 'withdrawn')),
  words text NOT NULL, node text NOT NULL, node_role text NOT NULL, due_on date NOT NULL, account_id uuid NOT NULL,
  person_id uuid NOT NULL, unit_id uuid, org_path text COLLATE "C" NOT NULL, answer text, handler_id uuid,
  handler text NOT NULL DEFAULT '', answered_at timestamptz, PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, claim_id) REFERENCES claim (tenant_id, id),
  CHECK ((status IN ('granted', 'dismissed', 'answered')) = (answer IS NOT NULL)));
CREATE UNIQUE INDEX appeal_open ON appeal (tenant_id, claim_id, kind) WHERE status = 'open';
CREATE INDEX appeal_claim ON appeal (tenant_id, claim_id, id);
CREATE INDEX appeal_task ON appeal (tenant_id, node_role, id) WHERE status = 'open';
CREATE TABLE feedback (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, claim_id uuid NOT NULL,
  account_id uuid NOT NULL, unit_id uuid, org_path text COLLATE "C" NOT NULL,
  score int NOT NULL CHECK (score BETWEEN 1 AND 5), words text, PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, claim_id), FOREIGN KEY (tenant_id, claim_id) REFERENCES claim (tenant_id, id));
"""
SAMPLES = """
CREATE TABLE sample_seed (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, period text NOT NULL, seed text NOT NULL,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, period));
CREATE TABLE sample (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, version int NOT NULL,
  claim_id uuid NOT NULL, cause text NOT NULL CHECK (cause IN ('random', 'risk')), seed text NOT NULL,
  draw numeric(12,10) NOT NULL, share numeric(7,6) NOT NULL, risk int NOT NULL, risk_reasons jsonb NOT NULL,
  org_path text COLLATE "C" NOT NULL, status text NOT NULL CHECK (status IN ('open', 'confirmed', 'wrong')),
  opinion text, handler_id uuid, handler text NOT NULL DEFAULT '', reviewed_at timestamptz,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, claim_id),
  FOREIGN KEY (tenant_id, claim_id) REFERENCES claim (tenant_id, id),
  CHECK ((status = 'open') = (reviewed_at IS NULL)));
CREATE INDEX sample_open ON sample (tenant_id, status, id);
"""
CHANGING = ("picture", "appeal", "sample")
GROWING = ("reminder", "feedback", "sample_seed")
COLUMNS = {
    "document_copy": ("phash",), "claim_step": ("handler",),
    "claim": ("assigned_by", "handler_since", "handler", "handler_id"),
}  # fmt: skip


def upgrade() -> None:
    for script in (CLAIMS, PICTURES, APPEALS, SAMPLES):
        for statement in script.split(";"):
            if statement.strip():
                op.execute(statement)
    for table in CHANGING:
        protect(table, service="claims")
    for table in GROWING:
        protect(table, service="claims", app="SELECT, INSERT")
    defer_foreign_keys()


def downgrade() -> None:
    for table in ("sample", "sample_seed", "feedback", "appeal", "picture", "reminder"):
        op.execute(f"DROP TABLE {table}")
    for table, columns in COLUMNS.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
