"""Who looks after one server sees how many messages no provider takes: by the number of tries, and only to look."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("GRANT SELECT (attempts) ON message TO notify_relay")


def downgrade() -> None:
    op.execute("REVOKE SELECT (attempts) ON message FROM notify_relay")
