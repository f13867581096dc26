"""Campaigns with rules and schedule, quizzes, bookings, the counter, copies of who takes part, and counters."""

from alembic import op

from common.db.migrations import defer_foreign_keys, protect_all

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ROW = "tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL"
OF_CAMPAIGN = (
    "campaign_id uuid NOT NULL, FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaign (tenant_id, id)"
)
NEW_TABLES = (
    "quiz", "question", "attempt", "slot", "participation", "counter_scan", "counter_key", "campaign_day",
    "person_copy", "unit_copy", "policy_copy",
)  # fmt: skip
WIDENED = (
    """ALTER TABLE campaign
         ADD COLUMN code text, ADD COLUMN pack_version int,
         ADD COLUMN org_path text NOT NULL DEFAULT '/',
         ADD COLUMN gives text NOT NULL DEFAULT 'code' CHECK (gives IN ('code', 'goods', 'nothing')),
         ADD COLUMN audience jsonb NOT NULL DEFAULT '{}',
         ADD COLUMN opens_time time, ADD COLUMN closes_time time,
         ADD COLUMN place text NOT NULL DEFAULT '', ADD COLUMN code_format text NOT NULL DEFAULT '',
         ADD COLUMN low_stock int NOT NULL DEFAULT 0 CHECK (low_stock >= 0),
         ADD COLUMN low_stock_said_at timestamptz, ADD COLUMN manager_id uuid, ADD COLUMN ended_at timestamptz""",
    "ALTER TABLE campaign DROP CONSTRAINT campaign_state_check",
    """ALTER TABLE campaign ADD CONSTRAINT campaign_state_check
         CHECK (state IN ('draft', 'published', 'paused', 'ended'))""",
    "CREATE UNIQUE INDEX campaign_code ON campaign (tenant_id, code) WHERE code IS NOT NULL",
    "CREATE INDEX campaign_place ON campaign (tenant_id, org_path text_pattern_ops, id)",
    """ALTER TABLE reward_code
         ADD COLUMN pin text, ADD COLUMN expires_on date, ADD COLUMN voided_at timestamptz""",
    "DROP INDEX reward_code_free",
    """CREATE INDEX reward_code_free ON reward_code (tenant_id, campaign_id, expires_on, id)
         WHERE reward_id IS NULL AND voided_at IS NULL""",
    "ALTER TABLE reward DROP CONSTRAINT reward_state_check",
    """ALTER TABLE reward ADD CONSTRAINT reward_state_check
         CHECK (state IN ('issued', 'collected', 'cancelled', 'revoked'))""",
    "ALTER TABLE reward ALTER COLUMN place DROP NOT NULL",
    """ALTER TABLE reward
         ADD COLUMN gives text NOT NULL DEFAULT 'code', ADD COLUMN slot_id uuid, ADD COLUMN unit_id uuid,
         ADD COLUMN number text, ADD COLUMN expires_on date, ADD COLUMN scan_id uuid,
         ADD COLUMN given_back_at timestamptz, ADD COLUMN given_back_by uuid, ADD COLUMN reason text""",
    "CREATE UNIQUE INDEX reward_number ON reward (tenant_id, number) WHERE number IS NOT NULL",
    "CREATE INDEX reward_of_campaign ON reward (tenant_id, campaign_id, id)",
    "CREATE INDEX reward_of_slot ON reward (tenant_id, slot_id) WHERE slot_id IS NOT NULL",
)
CREATED = (
    f"""CREATE TABLE quiz ({ROW}, version int NOT NULL, {OF_CAMPAIGN},
         seconds int NOT NULL CHECK (seconds BETWEEN 5 AND 600), asked int NOT NULL CHECK (asked > 0),
         pass_mark int NOT NULL CHECK (pass_mark BETWEEN 1 AND asked), attempts int NOT NULL CHECK (attempts > 0),
         shuffled boolean NOT NULL, PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, campaign_id))""",
    f"""CREATE TABLE question ({ROW}, {OF_CAMPAIGN}, position int NOT NULL CHECK (position > 0),
         kind text NOT NULL CHECK (kind IN ('single', 'multiple', 'true_false')), words text NOT NULL,
         options jsonb NOT NULL, right_options jsonb NOT NULL, seconds int CHECK (seconds BETWEEN 5 AND 600),
         explanation text NOT NULL, PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, campaign_id, position))""",
    f"""CREATE TABLE attempt ({ROW}, version int NOT NULL, {OF_CAMPAIGN}, person_id uuid NOT NULL, unit_id uuid,
         number int NOT NULL CHECK (number > 0), seed bigint NOT NULL, sitting uuid NOT NULL,
         pass_mark int NOT NULL, asked jsonb NOT NULL, answers jsonb NOT NULL, choice jsonb,
         opened_at timestamptz, state text NOT NULL CHECK (state IN ('running', 'passed', 'failed')),
         finished_at timestamptz, PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, campaign_id, person_id, number),
         CHECK ((state = 'running') = (finished_at IS NULL)))""",
    """CREATE UNIQUE INDEX attempt_running ON attempt (tenant_id, campaign_id, person_id)
         WHERE state = 'running'""",
    f"""CREATE TABLE slot ({ROW}, version int NOT NULL, {OF_CAMPAIGN}, starts_at timestamptz, ends_at timestamptz,
         place text NOT NULL, capacity int NOT NULL CHECK (capacity >= 0), taken int NOT NULL,
         PRIMARY KEY (tenant_id, id), CHECK (taken BETWEEN 0 AND capacity), CHECK (starts_at < ends_at))""",
    "CREATE INDEX slot_of_campaign ON slot (tenant_id, campaign_id, starts_at, id)",
    """ALTER TABLE reward ADD FOREIGN KEY (tenant_id, slot_id) REFERENCES slot (tenant_id, id)""",
    f"""CREATE TABLE participation ({ROW}, {OF_CAMPAIGN}, person_id uuid NOT NULL, unit_id uuid,
         state text NOT NULL CHECK (state IN ('taking_part', 'waiting', 'received', 'over')),
         changed_at timestamptz NOT NULL, PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, campaign_id, person_id))""",
    "CREATE INDEX participation_mine ON participation (tenant_id, person_id, id)",
    f"""CREATE TABLE counter_scan ({ROW}, {OF_CAMPAIGN}, reward_id uuid NOT NULL, account_id uuid NOT NULL,
         device text NOT NULL, scanned_at timestamptz NOT NULL, outcome text NOT NULL, first_scan_id uuid,
         PRIMARY KEY (tenant_id, id),
         FOREIGN KEY (tenant_id, reward_id) REFERENCES reward (tenant_id, id))""",
    "CREATE INDEX counter_scan_outcome ON counter_scan (tenant_id, outcome, id)",
    f"CREATE TABLE counter_key ({ROW}, public text NOT NULL, private text NOT NULL, PRIMARY KEY (tenant_id, id))",
    f"""CREATE TABLE campaign_day ({ROW}, {OF_CAMPAIGN}, day date NOT NULL, unit_id uuid NOT NULL,
         joined int NOT NULL, passed int NOT NULL, failed int NOT NULL, issued int NOT NULL, booked int NOT NULL,
         collected int NOT NULL, cancelled int NOT NULL, revoked int NOT NULL, PRIMARY KEY (tenant_id, id),
         UNIQUE (tenant_id, campaign_id, day, unit_id))""",
    f"""CREATE TABLE person_copy ({ROW}, version int NOT NULL, name text NOT NULL, facts text NOT NULL,
         state text NOT NULL, unit_id uuid, PRIMARY KEY (tenant_id, id))""",
    f"""CREATE TABLE unit_copy ({ROW}, version int NOT NULL, name text NOT NULL, org_path text NOT NULL,
         PRIMARY KEY (tenant_id, id))""",
    f"""CREATE TABLE policy_copy ({ROW}, version int NOT NULL, person_id uuid NOT NULL, product_code text NOT NULL,
         starts_on date NOT NULL, ends_on date NOT NULL, ended_on date, PRIMARY KEY (tenant_id, id))""",
    "CREATE INDEX policy_copy_person ON policy_copy (tenant_id, person_id)",
)
NARROWED = (
    "DELETE FROM reward WHERE state IN ('cancelled', 'revoked') OR place IS NULL",
    """ALTER TABLE reward DROP COLUMN gives, DROP COLUMN slot_id, DROP COLUMN unit_id, DROP COLUMN number,
         DROP COLUMN expires_on, DROP COLUMN scan_id, DROP COLUMN given_back_at, DROP COLUMN given_back_by,
         DROP COLUMN reason""",
    "ALTER TABLE reward ALTER COLUMN place SET NOT NULL",
    "ALTER TABLE reward DROP CONSTRAINT reward_state_check",
    "ALTER TABLE reward ADD CONSTRAINT reward_state_check CHECK (state IN ('issued', 'collected'))",
    "DROP INDEX reward_of_campaign",
    "DROP INDEX reward_code_free",
    "ALTER TABLE reward_code DROP COLUMN pin, DROP COLUMN expires_on, DROP COLUMN voided_at",
    "CREATE INDEX reward_code_free ON reward_code (tenant_id, campaign_id, id) WHERE reward_id IS NULL",
    "UPDATE campaign SET state = 'published' WHERE state IN ('paused', 'ended')",
    "ALTER TABLE campaign DROP CONSTRAINT campaign_state_check",
    "ALTER TABLE campaign ADD CONSTRAINT campaign_state_check CHECK (state IN ('draft', 'published'))",
    """ALTER TABLE campaign DROP COLUMN code, DROP COLUMN pack_version, DROP COLUMN org_path, DROP COLUMN gives,
         DROP COLUMN audience, DROP COLUMN opens_time, DROP COLUMN closes_time, DROP COLUMN place,
         DROP COLUMN code_format, DROP COLUMN low_stock, DROP COLUMN low_stock_said_at, DROP COLUMN manager_id,
         DROP COLUMN ended_at""",
)


def upgrade() -> None:
    for statement in (*WIDENED, *CREATED):
        op.execute(statement)
    protect_all(NEW_TABLES, service="activities")
    defer_foreign_keys()


def downgrade() -> None:
    op.execute("ALTER TABLE reward DROP COLUMN slot_id")
    op.execute("ALTER TABLE reward ADD COLUMN slot_id uuid")
    for table in reversed(NEW_TABLES):
        op.execute(f"DROP TABLE {table}")
    for statement in NARROWED:
        op.execute(statement)
