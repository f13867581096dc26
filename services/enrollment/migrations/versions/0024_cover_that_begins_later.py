"""What somebody paid for a running term beyond what their cover is worth, since it began later than expected."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE order_person ADD COLUMN surplus numeric(14,2)")


def downgrade() -> None:
    op.execute("ALTER TABLE order_person DROP COLUMN surplus")
