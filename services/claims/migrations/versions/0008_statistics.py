"""Counters by month and of days to payment, balances of funds kept as they change, people found by name and mobile."""

from alembic import op

from common.db.migrations import protect

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

UP = (
    """CREATE TABLE statistic_month (
         tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, unit_id uuid NOT NULL,
         product_code text NOT NULL, month date NOT NULL, contributions numeric(14,2) NOT NULL, enrolled int NOT NULL,
         paid numeric(14,2) NOT NULL, paid_claims int NOT NULL,
         PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, unit_id, product_code, month))""",
    "CREATE INDEX statistic_month_month ON statistic_month (tenant_id, month)",
    """CREATE TABLE payout_days (
         tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, unit_id uuid NOT NULL,
         product_code text NOT NULL, month date NOT NULL, days int NOT NULL, payouts int NOT NULL,
         PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, unit_id, product_code, month, days))""",
    """CREATE TABLE fund_balance (
         tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, fund text NOT NULL,
         account text NOT NULL, shard int NOT NULL, total numeric(16,2) NOT NULL,
         PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, fund, account, shard))""",
    """CREATE TABLE person_search (
         tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, version int NOT NULL,
         name_index text NOT NULL, mobile_index text, PRIMARY KEY (tenant_id, id))""",
    "CREATE INDEX person_search_name ON person_search (tenant_id, name_index)",
    "CREATE INDEX person_search_mobile ON person_search (tenant_id, mobile_index)",
    # What was counted before stands in the first month of its year: no month was kept.
    """INSERT INTO statistic_month SELECT tenant_id, id, created_at, unit_id, product_code, make_date(year, 1, 1),
         contributions, enrolled, paid, paid_claims FROM statistic""",
    """INSERT INTO fund_balance SELECT tenant_id, gen_random_uuid(), now(), fund, account, 0, sum(debit - credit)
         FROM ledger_entry GROUP BY tenant_id, fund, account""",
)
TABLES = ("statistic_month", "payout_days", "fund_balance", "person_search")


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)
    for table in TABLES:
        protect(table, service="claims")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE {table}")
