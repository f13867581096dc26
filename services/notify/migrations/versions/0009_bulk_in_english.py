"""A bulk message in English too, for those who chose it."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE bulk_message ADD COLUMN title_en text, ADD COLUMN text_en text")


def downgrade() -> None:
    op.execute("ALTER TABLE bulk_message DROP COLUMN title_en, DROP COLUMN text_en")
