"""Messages, what is known of recipients, and the sandbox's phones."""

from alembic import op

from common.db.migrations import create_common_tables_v1, drop_common_tables_v1, protect_all

revision = "0001"
down_revision = None

TABLES = ("recipient", "unit_copy", "message", "sandbox_message")
STATEMENTS = (
    """CREATE TABLE recipient (
         tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, version int NOT NULL,
         name text NOT NULL, mobile text, account_id uuid, unit_id uuid, PRIMARY KEY (tenant_id, id))""",
    "CREATE INDEX recipient_account ON recipient (tenant_id, account_id) WHERE account_id IS NOT NULL",
    """CREATE TABLE unit_copy (
         tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, version int NOT NULL,
         name text NOT NULL, account_id uuid, mobile text, PRIMARY KEY (tenant_id, id))""",
    """CREATE TABLE message (
         tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL,
         cause_id uuid NOT NULL, template text NOT NULL, channel text NOT NULL, audience text NOT NULL,
         recipient_id uuid NOT NULL, account_id uuid, mobile text, text text NOT NULL,
         urgent boolean NOT NULL, must_arrive boolean NOT NULL, expires_at timestamptz,
         state text NOT NULL CHECK (state IN ('queued', 'sent', 'failed')),
         attempts int NOT NULL, next_attempt_at timestamptz NOT NULL, provider_id text, failure text,
         sent_at timestamptz, read_at timestamptz, PRIMARY KEY (tenant_id, id),
         UNIQUE (tenant_id, cause_id, template, channel, recipient_id))""",
    "CREATE INDEX message_queue ON message (tenant_id, urgent, next_attempt_at) WHERE state = 'queued'",
    "CREATE INDEX message_inbox ON message (tenant_id, recipient_id, id)",
    "CREATE INDEX message_account ON message (tenant_id, account_id, id) WHERE account_id IS NOT NULL",
    """CREATE TABLE sandbox_message (
         tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL,
         mobile text NOT NULL, mobile_index text NOT NULL, template text NOT NULL, channel text NOT NULL,
         text text NOT NULL, PRIMARY KEY (tenant_id, id))""",
    "CREATE INDEX sandbox_message_mobile ON sandbox_message (tenant_id, mobile_index, created_at)",
    "CREATE INDEX sandbox_message_newest ON sandbox_message (tenant_id, created_at)",
)


def upgrade() -> None:
    create_common_tables_v1(service="notify")
    for statement in STATEMENTS:
        op.execute(statement)
    protect_all(TABLES, service="notify")


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"DROP TABLE {table}")
    drop_common_tables_v1()
