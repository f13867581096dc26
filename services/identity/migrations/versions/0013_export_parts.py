"""Exports of personal data gather the parts of all services."""

from alembic import op

from common.db.migrations import defer_foreign_keys, protect

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE data_request ADD COLUMN export_key text, ADD COLUMN export_until timestamptz")
    op.execute(
        """CREATE TABLE data_request_part (tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL,
        request_id uuid NOT NULL, service text NOT NULL, number int NOT NULL, content text NOT NULL,
        PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, request_id, service, number),
        FOREIGN KEY (tenant_id, request_id) REFERENCES data_request ON DELETE CASCADE)"""
    )
    protect("data_request_part", service="identity")
    op.execute("CREATE INDEX data_request_key ON data_request (tenant_id) WHERE export_key IS NOT NULL")
    defer_foreign_keys()


def downgrade() -> None:
    op.execute("DROP TABLE data_request_part")
    op.execute("ALTER TABLE data_request DROP COLUMN export_key, DROP COLUMN export_until")
