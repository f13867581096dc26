"""Refunds, amendments of running cover, consents for over-age people, staged roster rows, ends of policies."""

from alembic import op

from common.db.migrations import defer_foreign_keys, protect

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SERVICE = "enrollment"
TABLES = {
    "refund_owed": """
CREATE TABLE refund_owed (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, subject text NOT NULL,
  reason text NOT NULL, fund text NOT NULL, product_code text NOT NULL,
  amount numeric(14,2) NOT NULL CHECK (amount > 0), due_on date NOT NULL,
  payee text NOT NULL CHECK (payee IN ('unit', 'member')), unit_id uuid, person_id uuid,
  people int NOT NULL CHECK (people > 0), order_id uuid, order_number text, policy_id uuid,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, subject));
CREATE INDEX refund_owed_order ON refund_owed (tenant_id, order_id, id)""",
    "over_age_consent": """
CREATE TABLE over_age_consent (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, version int NOT NULL,
  order_id uuid NOT NULL, unit_id uuid NOT NULL, person_id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('asked', 'granted', 'refused')),
  papers jsonb NOT NULL, note text, asked_by uuid NOT NULL, decided_by uuid, decided_at timestamptz, reason text,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, order_id, person_id),
  FOREIGN KEY (tenant_id, order_id) REFERENCES enrolment_order (tenant_id, id),
  CHECK ((state = 'asked') = (decided_by IS NULL)));
CREATE INDEX over_age_consent_state ON over_age_consent (tenant_id, state, id)""",
    "staged_row": """
CREATE TABLE staged_row (
  LIKE order_person INCLUDING DEFAULTS,
  raw_token text NOT NULL, decision text CHECK (decision IN ('accepted', 'rejected')),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, order_id) REFERENCES enrolment_order (tenant_id, id));
CREATE INDEX staged_row_import ON staged_row (tenant_id, import_id, id);
CREATE INDEX staged_row_order ON staged_row (tenant_id, order_id)""",
}
UP = """
ALTER TABLE policy ADD COLUMN ended_on date, ADD COLUMN share_limit int;
ALTER TABLE policy ADD CONSTRAINT policy_ended CHECK (ended_on IS NULL OR status = 'terminated');
ALTER TABLE policy ADD CONSTRAINT policy_share_limit CHECK (share_limit IS NULL OR shares <= share_limit);
ALTER TABLE cover ADD COLUMN shares int NOT NULL DEFAULT 0 CHECK (shares >= 0);
ALTER TABLE enrolment_order ADD COLUMN kind text NOT NULL DEFAULT 'enrolment'
    CHECK (kind IN ('enrolment', 'amendment')),
  ADD COLUMN base_order_id uuid, ADD COLUMN split_from_id uuid, ADD COLUMN effective_on date,
  ADD COLUMN leaving int NOT NULL DEFAULT 0 CHECK (leaving >= 0),
  ADD COLUMN employees int CHECK (employees > 0), ADD COLUMN health_version int,
  ADD COLUMN issue_attempts int NOT NULL DEFAULT 0, ADD COLUMN issue_retry_at timestamptz,
  ADD COLUMN issue_problem text;
ALTER TABLE enrolment_order ADD CONSTRAINT enrolment_order_base
  CHECK ((kind = 'amendment') = (base_order_id IS NOT NULL));
CREATE INDEX enrolment_order_unit_status ON enrolment_order (tenant_id, unit_id, status, id);
ALTER TABLE order_person ADD COLUMN action text NOT NULL DEFAULT 'add' CHECK (action IN ('add', 'remove')),
  ADD COLUMN policy_id uuid, ADD COLUMN contribution numeric(14,2) CHECK (contribution >= 0);
ALTER TABLE order_person DROP CONSTRAINT order_person_outcome_check;
ALTER TABLE order_person ADD CONSTRAINT order_person_outcome_check
  CHECK (outcome IN ('covered_meanwhile', 'ended_meanwhile'));
ALTER TABLE roster_import DROP CONSTRAINT roster_import_state_check;
ALTER TABLE roster_import ADD CONSTRAINT roster_import_state_check
  CHECK (state IN ('queued', 'checking', 'staged', 'done', 'refused', 'cancelled'));
ALTER TABLE roster_import ADD COLUMN task_id uuid, ADD COLUMN object_key text, ADD COLUMN amount numeric(14,2),
  ADD COLUMN accepted int NOT NULL DEFAULT 0, ADD COLUMN rejected int NOT NULL DEFAULT 0,
  ADD COLUMN decided_by uuid, ADD COLUMN decided_at timestamptz
"""
DOWN = """
DELETE FROM roster_import WHERE state IN ('queued', 'staged', 'cancelled');
ALTER TABLE roster_import DROP COLUMN task_id, DROP COLUMN object_key, DROP COLUMN amount, DROP COLUMN accepted,
  DROP COLUMN rejected, DROP COLUMN decided_by, DROP COLUMN decided_at;
ALTER TABLE roster_import DROP CONSTRAINT roster_import_state_check;
ALTER TABLE roster_import ADD CONSTRAINT roster_import_state_check CHECK (state IN ('checking', 'done', 'refused'));
UPDATE order_person SET outcome = NULL WHERE outcome = 'ended_meanwhile';
ALTER TABLE order_person DROP CONSTRAINT order_person_outcome_check;
ALTER TABLE order_person ADD CONSTRAINT order_person_outcome_check CHECK (outcome = 'covered_meanwhile');
ALTER TABLE order_person DROP COLUMN action, DROP COLUMN policy_id, DROP COLUMN contribution;
DROP INDEX enrolment_order_unit_status;
ALTER TABLE enrolment_order DROP CONSTRAINT enrolment_order_base;
ALTER TABLE enrolment_order DROP COLUMN kind, DROP COLUMN base_order_id, DROP COLUMN split_from_id,
  DROP COLUMN effective_on, DROP COLUMN leaving, DROP COLUMN employees, DROP COLUMN health_version,
  DROP COLUMN issue_attempts, DROP COLUMN issue_retry_at, DROP COLUMN issue_problem;
ALTER TABLE cover DROP COLUMN shares;
ALTER TABLE policy DROP CONSTRAINT policy_share_limit;
ALTER TABLE policy DROP CONSTRAINT policy_ended;
ALTER TABLE policy DROP COLUMN ended_on, DROP COLUMN share_limit
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
