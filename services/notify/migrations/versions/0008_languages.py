"""The language of each message, and the one that each account's owner has chosen."""

from alembic import op

from common.db.migrations import protect

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE message ADD COLUMN language text NOT NULL DEFAULT 'zh'")
    op.execute(
        """CREATE TABLE language_copy (
             tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, language text NOT NULL,
             chosen_at timestamptz NOT NULL, PRIMARY KEY (tenant_id, id))"""
    )
    protect("language_copy", service="notify")


def downgrade() -> None:
    op.execute("DROP TABLE language_copy")
    op.execute("ALTER TABLE message DROP COLUMN language")
