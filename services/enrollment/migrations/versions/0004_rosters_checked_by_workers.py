"""Large rosters are checked by a worker: when it last said that it lives, and how often one has begun."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "ALTER TABLE roster_import ADD COLUMN beat_at timestamptz NOT NULL DEFAULT now(), "
        "ADD COLUMN attempts int NOT NULL DEFAULT 0"
    )
    op.execute(
        "CREATE INDEX roster_import_waiting ON roster_import (tenant_id, id) WHERE state IN ('queued', 'checking')"
    )


def downgrade() -> None:
    op.execute("DROP INDEX roster_import_waiting")
    op.execute("ALTER TABLE roster_import DROP COLUMN beat_at, DROP COLUMN attempts")
