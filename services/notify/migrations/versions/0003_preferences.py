"""Which messages members want; a message's variables, for SMS providers that fill templates of their own."""

from alembic import op

from common.db.migrations import protect

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """CREATE TABLE preference (
             tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, version int NOT NULL,
             enrolment_sms boolean NOT NULL, service_notices boolean NOT NULL, PRIMARY KEY (tenant_id, id))"""
    )
    protect("preference", service="notify")
    op.execute("ALTER TABLE message ADD COLUMN variables text")


def downgrade() -> None:
    op.execute("DROP TABLE preference")
    op.execute("ALTER TABLE message DROP COLUMN variables")
