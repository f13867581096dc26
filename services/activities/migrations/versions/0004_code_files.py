"""Codes know the file that brought them, so that a file read again is told from a double."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE reward_code ADD COLUMN import_id uuid")


def downgrade() -> None:
    op.execute("ALTER TABLE reward_code DROP COLUMN import_id")
