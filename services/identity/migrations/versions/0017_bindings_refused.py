"""Staff may refuse a binding that waits for them; why is told to whoever asked."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE binding ADD COLUMN refused_by uuid, ADD COLUMN refused_reason text")


def downgrade() -> None:
    op.execute("ALTER TABLE binding DROP COLUMN refused_by, DROP COLUMN refused_reason")
