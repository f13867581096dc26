"""Reports with their subscriptions and files, counters by day, keys of the reporting interface."""

from alembic import op

from common.db.migrations import defer_foreign_keys, protect_all

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

UP = (
    """CREATE TABLE statistic_day (
         tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, unit_id uuid NOT NULL,
         product_code text NOT NULL, day date NOT NULL, contributions numeric(14,2) NOT NULL, enrolled int NOT NULL,
         paid numeric(14,2) NOT NULL, paid_claims int NOT NULL,
         PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, unit_id, product_code, day))""",
    "CREATE INDEX statistic_day_day ON statistic_day (tenant_id, day)",
    # What was counted before stands on the first day of its month: no day was kept.
    """INSERT INTO statistic_day SELECT tenant_id, id, created_at, unit_id, product_code, month,
         contributions, enrolled, paid, paid_claims FROM statistic_month""",
    """CREATE TABLE report_subscription (
         tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, report text NOT NULL,
         account_id uuid NOT NULL, scope text COLLATE "C" NOT NULL,
         PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, account_id, report))""",
    """CREATE TABLE report_run (
         tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, report text NOT NULL,
         title text NOT NULL, scope text COLLATE "C" NOT NULL, first_day date NOT NULL, last_day date NOT NULL,
         pack_version int NOT NULL, task_id uuid NOT NULL, made_at timestamptz, expires_on date NOT NULL,
         PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, report, scope, first_day),
         CHECK (first_day <= last_day))""",
    "CREATE INDEX report_run_scope ON report_run (tenant_id, scope, id)",
    "CREATE INDEX report_run_expires ON report_run (tenant_id, expires_on)",
    """CREATE TABLE report_file (
         tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, run_id uuid NOT NULL,
         format text NOT NULL CHECK (format IN ('xlsx', 'pdf')), object_name text NOT NULL, key text NOT NULL,
         size bigint NOT NULL, PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, run_id, format),
         FOREIGN KEY (tenant_id, run_id) REFERENCES report_run (tenant_id, id))""",
    """CREATE TABLE reporting_key (
         tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, name text NOT NULL,
         digest bytea NOT NULL, scope text COLLATE "C" NOT NULL, created_by uuid NOT NULL, expires_on date NOT NULL,
         revoked_at timestamptz, last_used_on date, PRIMARY KEY (tenant_id, id))""",
)
TABLES = ("statistic_day", "report_subscription", "report_run", "report_file", "reporting_key")


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)
    protect_all(TABLES, service="claims")
    defer_foreign_keys()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE {table}")
