"""Why staff looked at, bound or unbound somebody: the words stay with the person, the audit log has their id."""

from alembic import op

from common.db.migrations import defer_foreign_keys, protect

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """CREATE TABLE given_reason (tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL,
        person_id uuid NOT NULL, action text NOT NULL, given_by uuid NOT NULL, words_sealed text NOT NULL,
        PRIMARY KEY (tenant_id, id), FOREIGN KEY (tenant_id, person_id) REFERENCES person ON DELETE CASCADE)"""
    )
    protect("given_reason", service="identity")
    op.execute("CREATE INDEX given_reason_person ON given_reason (tenant_id, person_id, id)")
    defer_foreign_keys()


def downgrade() -> None:
    op.execute("DROP TABLE given_reason")
