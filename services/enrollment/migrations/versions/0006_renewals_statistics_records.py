"""Renewal lists, statistics by day, members by unit; indexes of the records in the order in which they are shown."""

from alembic import op

from common.db.migrations import defer_foreign_keys, protect

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SERVICE = "enrollment"
TABLES = {
    "renewal_run": """
CREATE TABLE renewal_run (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, month date NOT NULL,
  told_to uuid, told int NOT NULL, told_at timestamptz,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, month))""",
    "renewal_entry": """
CREATE TABLE renewal_entry (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, month date NOT NULL,
  unit_id uuid NOT NULL, product_code text NOT NULL, policy_id uuid NOT NULL, person_id uuid NOT NULL,
  ends_on date NOT NULL,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, month, policy_id),
  FOREIGN KEY (tenant_id, policy_id) REFERENCES policy (tenant_id, id));
CREATE INDEX renewal_entry_unit ON renewal_entry (tenant_id, month, unit_id, product_code, id);
CREATE INDEX renewal_entry_page ON renewal_entry (tenant_id, month, id)""",
    "renewal_notice": """
CREATE TABLE renewal_notice (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, month date NOT NULL,
  unit_id uuid NOT NULL, people int NOT NULL CHECK (people > 0),
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, month, unit_id))""",
    "statistic_day": """
CREATE TABLE statistic_day (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, unit_id uuid NOT NULL,
  product_code text COLLATE "C" NOT NULL, day date NOT NULL,
  policies int NOT NULL, shares int NOT NULL, contributed numeric(14,2) NOT NULL, ended int NOT NULL,
  covered int NOT NULL, received numeric(14,2) NOT NULL, refunded numeric(14,2) NOT NULL,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, unit_id, product_code, day));
CREATE INDEX statistic_day_day ON statistic_day (tenant_id, day)""",
    "unit_headcount": """
CREATE TABLE unit_headcount (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, unit_id uuid NOT NULL,
  members int NOT NULL,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, unit_id))""",
}
INDEXES = {
    "policy_starts": "(tenant_id, starts_on, id)",
    "policy_unit_starts": "(tenant_id, unit_id, starts_on, id)",
    "policy_product_starts": "(tenant_id, product_code, starts_on, id)",
    "policy_unit_product_starts": "(tenant_id, unit_id, product_code, starts_on, id)",
    "policy_ends": "(tenant_id, ends_on, product_code)",
    "policy_unit_ends": "(tenant_id, unit_id, ends_on)",
    "policy_terminated": "(tenant_id, starts_on, id) WHERE status = 'terminated'",
}
# What is there already is counted once: from now on the transactions keep the counters.
COUNT = """
INSERT INTO statistic_day (tenant_id, id, created_at, unit_id, product_code, day, policies, shares, contributed, ended,
  covered, received, refunded)
SELECT tenant_id, gen_random_uuid(), now(), unit_id, product_code, day, sum(policies), sum(shares), sum(contributed),
  sum(ended), sum(covered), sum(received), sum(refunded) FROM (
  SELECT tenant_id, unit_id, product_code, (created_at AT TIME ZONE 'Asia/Shanghai')::date AS day, 1 AS policies,
    shares, contribution AS contributed, 0 AS ended, 0 AS covered, 0 AS received, 0 AS refunded FROM policy
  UNION ALL SELECT tenant_id, unit_id, product_code, starts_on, 0, 0, 0, 0, 1, 0, 0 FROM policy
  UNION ALL SELECT tenant_id, unit_id, product_code, ends_on + 1, 0, 0, 0, 0, -1, 0, 0 FROM policy
  UNION ALL SELECT tenant_id, unit_id, product_code, ended_on, 0, 0, 0, 1, 0, 0, 0
    FROM policy WHERE status = 'terminated'
  UNION ALL SELECT tenant_id, unit_id, product_code, greatest(ended_on + 1, starts_on), 0, 0, 0, 0, -1, 0, 0
    FROM policy WHERE status = 'terminated'
  UNION ALL SELECT tenant_id, unit_id, product_code, ends_on + 1, 0, 0, 0, 0, 1, 0, 0
    FROM policy WHERE status = 'terminated'
  UNION ALL SELECT tenant_id, unit_id, product_code, confirmed_on, 0, 0, 0, 0, 0, amount_paid, 0
    FROM enrolment_order WHERE status IN ('paid', 'done') AND amount_paid > 0
  UNION ALL SELECT tenant_id, unit_id, product_code, due_on, 0, 0, 0, 0, 0, 0, amount
    FROM refund_owed WHERE unit_id IS NOT NULL) AS found
GROUP BY tenant_id, unit_id, product_code, day;
INSERT INTO unit_headcount (tenant_id, id, created_at, unit_id, members)
SELECT tenant_id, gen_random_uuid(), now(), unit_id, count(*) FROM person_copy
WHERE unit_id IS NOT NULL AND state = 'confirmed' GROUP BY tenant_id, unit_id
"""


def upgrade() -> None:
    for name, columns in INDEXES.items():
        op.execute(f"CREATE INDEX {name} ON policy {columns}")
    for table, statements in TABLES.items():
        for statement in statements.split(";"):
            op.execute(statement)
        protect(table, service=SERVICE)
    defer_foreign_keys()
    for statement in COUNT.split(";"):
        op.execute(statement)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE {table}")
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
