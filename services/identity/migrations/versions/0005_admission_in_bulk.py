"""Bulk admission: the key of the uploaded file, and every index under which a row may be known."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE admission_batch ADD COLUMN object_key text")
    op.execute("ALTER TABLE admission_batch ADD COLUMN file_name text")
    op.execute("ALTER TABLE admission_row ADD COLUMN document_lookups text[]")
    op.execute("ALTER TABLE admission_row ADD COLUMN name_lookups text[]")


def downgrade() -> None:
    op.execute("ALTER TABLE admission_row DROP COLUMN name_lookups, DROP COLUMN document_lookups")
    op.execute("ALTER TABLE admission_batch DROP COLUMN file_name, DROP COLUMN object_key")
