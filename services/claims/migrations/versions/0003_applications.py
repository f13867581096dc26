"""Applications for another person, a payee of their own, drafts that say when they were saved."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

COLUMNS = ("on_behalf jsonb", "payee jsonb", "missing jsonb NOT NULL DEFAULT '[]'", "saved_at timestamptz")


def upgrade() -> None:
    for column in COLUMNS:
        op.execute(f"ALTER TABLE claim ADD COLUMN {column}")


def downgrade() -> None:
    for column in reversed(COLUMNS):
        op.execute(f"ALTER TABLE claim DROP COLUMN {column.split()[0]}")
