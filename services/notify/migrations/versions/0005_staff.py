"""Staff accounts: who is told of what waits for a role."""

from alembic import op

from common.db.migrations import protect

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """CREATE TABLE staff_copy (
             tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, version int NOT NULL,
             roles text[] NOT NULL, org_path text NOT NULL, active boolean NOT NULL, mobile text,
             PRIMARY KEY (tenant_id, id))"""
    )
    protect("staff_copy", service="notify")


def downgrade() -> None:
    op.execute("DROP TABLE staff_copy")
