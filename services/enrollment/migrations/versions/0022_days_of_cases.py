"""A benefit is noted when it is decided, with the day of its case: the cover of that day was used."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE benefit_paid ADD COLUMN event_on date, ALTER COLUMN paid_on DROP NOT NULL")


def downgrade() -> None:
    op.execute("DELETE FROM benefit_paid WHERE paid_on IS NULL")
    op.execute("ALTER TABLE benefit_paid DROP COLUMN event_on, ALTER COLUMN paid_on SET NOT NULL")
