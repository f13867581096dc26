"""A message is kept in both languages, for a reader who switches; those from before have one."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE message ADD COLUMN other_text text, ADD COLUMN other_title text")


def downgrade() -> None:
    op.execute("ALTER TABLE message DROP COLUMN other_text, DROP COLUMN other_title")
