"""Other names of units in settlement lines, as the back office has linked them (row C.14)."""

from alembic import op

from common.db.migrations import protect

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """CREATE TABLE unit_alias (tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL,
        key text NOT NULL, unit_id uuid NOT NULL, linked_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, key))"""
    )
    protect("unit_alias", service="claims", app="SELECT, INSERT, UPDATE")


def downgrade() -> None:
    op.execute("DROP TABLE unit_alias")
