"""Pictures of documents that can be shown, and what makes the same picture known again."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE document ADD COLUMN phash text CHECK (phash ~ '^[0-9a-f]{16}$')")
    op.execute("ALTER TABLE document ADD COLUMN thumbnail boolean NOT NULL DEFAULT false")
    op.execute("ALTER TABLE document ADD COLUMN pages int NOT NULL DEFAULT 0")
    op.execute("ALTER TABLE document_queue ADD COLUMN owner_id uuid")
    op.execute("CREATE INDEX document_queue_of_owner ON document_queue (tenant_id, owner_id)")
    op.execute("CREATE INDEX document_queue_in_turn ON document_queue (tenant_id, created_at, id)")


def downgrade() -> None:
    op.execute("DROP INDEX document_queue_in_turn")
    op.execute("DROP INDEX document_queue_of_owner")
    op.execute("ALTER TABLE document_queue DROP COLUMN owner_id")
    op.execute("ALTER TABLE document DROP COLUMN pages")
    op.execute("ALTER TABLE document DROP COLUMN thumbnail")
    op.execute("ALTER TABLE document DROP COLUMN phash")
