"""Of a PDF on which nothing is to be read, pictures of its pages are made all the same: people look at them."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE document_queue ADD COLUMN pictures_only boolean NOT NULL DEFAULT false")


def downgrade() -> None:
    op.execute("DELETE FROM document_queue WHERE pictures_only")
    op.execute("ALTER TABLE document_queue DROP COLUMN pictures_only")
