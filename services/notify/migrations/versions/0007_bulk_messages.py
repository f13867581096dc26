"""Bulk messages, who is covered by what, where units belong, and who has WeChat."""

from alembic import op

from common.db.migrations import protect_all

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STATEMENTS = (
    """CREATE TABLE bulk_message (
         tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, version int NOT NULL,
         title text NOT NULL, text text NOT NULL, channels text[] NOT NULL, audience jsonb NOT NULL,
         state text NOT NULL CHECK (state IN ('sending', 'sent', 'stopped')),
         proposed_by uuid NOT NULL, approved_by uuid NOT NULL, task_id uuid NOT NULL,
         estimated int NOT NULL, told int NOT NULL, finished_at timestamptz, stopped_by uuid,
         PRIMARY KEY (tenant_id, id))""",
    """CREATE TABLE cover_copy (
         tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, version int NOT NULL,
         person_id uuid NOT NULL, product text NOT NULL, starts_on date NOT NULL, ends_on date NOT NULL,
         PRIMARY KEY (tenant_id, id))""",
    "CREATE INDEX cover_copy_person ON cover_copy (tenant_id, person_id, product)",
    """CREATE TABLE wechat_copy (
         tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, open_id text,
         linked_at timestamptz NOT NULL, PRIMARY KEY (tenant_id, id))""",
    "ALTER TABLE unit_copy ADD COLUMN org_path text",
    "CREATE INDEX recipient_unit ON recipient (tenant_id, unit_id, id)",
    "CREATE INDEX unit_copy_path ON unit_copy (tenant_id, org_path text_pattern_ops)",
    "ALTER TABLE message ADD COLUMN title text",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
    protect_all(("bulk_message", "cover_copy", "wechat_copy"), service="notify")


def downgrade() -> None:
    op.execute("ALTER TABLE message DROP COLUMN title")
    op.execute("DROP INDEX unit_copy_path")
    op.execute("DROP INDEX recipient_unit")
    op.execute("ALTER TABLE unit_copy DROP COLUMN org_path")
    for table in ("wechat_copy", "cover_copy", "bulk_message"):
        op.execute(f"DROP TABLE {table}")
