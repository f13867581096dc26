"""A session knows when its owner last proved who they are: what changes where money goes asks for it."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE session ADD COLUMN confirmed_at timestamptz")


def downgrade() -> None:
    op.execute("ALTER TABLE session DROP COLUMN confirmed_at")
