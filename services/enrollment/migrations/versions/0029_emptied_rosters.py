"""A roster file of which everybody was deleted stays in the list of the order's files, and may be uploaded again."""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE roster_import ADD COLUMN emptied_at timestamptz")


def downgrade() -> None:
    op.execute("ALTER TABLE roster_import DROP COLUMN emptied_at")
