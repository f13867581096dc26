"""How far a union's PDFs of before pictures of pages were made have been gone through."""

from alembic import op

from common.db.migrations import protect

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """CREATE TABLE pages_run (tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL,
        after uuid, ended_at timestamptz, PRIMARY KEY (tenant_id, id))"""
    )
    protect("pages_run", service="ocr")


def downgrade() -> None:
    op.execute("DROP TABLE pages_run")
