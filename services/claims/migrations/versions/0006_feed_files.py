"""Settlement files are read by the worker; lines come by bus too; deadlines of payment are watched."""

from alembic import op

from common.db.migrations import defer_foreign_keys, protect

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

UP = (
    """ALTER TABLE feed_file ALTER COLUMN imported_by DROP NOT NULL,
       ADD COLUMN state text NOT NULL DEFAULT 'read' CHECK (state IN ('received', 'reading', 'read', 'stopped')),
       ADD COLUMN origin text NOT NULL DEFAULT 'upload' CHECK (origin IN ('upload', 'drop', 'bus')),
       ADD COLUMN name text, ADD COLUMN size bigint NOT NULL DEFAULT 0, ADD COLUMN read_bytes bigint NOT NULL DEFAULT 0,
       ADD COLUMN object_name text, ADD COLUMN object_key text, ADD COLUMN problem jsonb,
       ADD COLUMN leased_until timestamptz, ADD COLUMN finished_at timestamptz""",
    "CREATE INDEX feed_file_unread ON feed_file (tenant_id, id) WHERE state IN ('received', 'reading')",
    "CREATE INDEX feed_line_state ON feed_line (tenant_id, state, id)",
    "CREATE INDEX feed_line_lost ON feed_line (tenant_id, document_index) "
    "WHERE counted AND state IN ('unmatched', 'not_covered')",
    """CREATE TABLE deadline_notice (
         tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, claim_id uuid NOT NULL,
         level text NOT NULL CHECK (level IN ('near', 'over')), due_on date NOT NULL,
         PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, claim_id, level),
         FOREIGN KEY (tenant_id, claim_id) REFERENCES claim (tenant_id, id))""",
    "CREATE INDEX claim_due ON claim (tenant_id, due_on) "
    "WHERE due_on IS NOT NULL AND status IN ('to_upload', 'in_review', 'returned', 'approved', 'payment_failed')",
)
DOWN = (
    "DROP INDEX claim_due",
    "DROP TABLE deadline_notice",
    "DROP INDEX feed_line_lost",
    "DROP INDEX feed_line_state",
    "DROP INDEX feed_file_unread",
    """ALTER TABLE feed_file DROP COLUMN state, DROP COLUMN origin, DROP COLUMN name, DROP COLUMN size,
       DROP COLUMN read_bytes, DROP COLUMN object_name, DROP COLUMN object_key, DROP COLUMN problem,
       DROP COLUMN leased_until, DROP COLUMN finished_at""",
    "UPDATE feed_file SET imported_by = gen_random_uuid() WHERE imported_by IS NULL",
    "ALTER TABLE feed_file ALTER COLUMN imported_by SET NOT NULL",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)
    protect("deadline_notice", service="claims", app="SELECT, INSERT")
    defer_foreign_keys()


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
