"""The table of uploads, for the migrations of a service that takes files."""

from alembic import op

from ...db.migrations import protect

UPLOAD_V1 = """
CREATE TABLE upload (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, actor_id uuid NOT NULL,
  purpose text NOT NULL, name text NOT NULL, content_type text NOT NULL, length bigint NOT NULL,
  received bigint NOT NULL, parts jsonb NOT NULL, key text, announced_sha256 text, sha256 text,
  object_name text, state text NOT NULL, expires_at timestamptz NOT NULL, purged boolean NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CHECK (received BETWEEN 0 AND length),
  CHECK (state IN ('receiving', 'received', 'stored', 'ended')),
  CHECK (state = 'receiving' OR state = 'ended' OR received = length))
"""


def create_upload_table_v1(*, service: str) -> None:
    """Create upload. Rows stay, small, as the record of what became of a file."""
    op.execute(UPLOAD_V1)
    op.execute("CREATE INDEX upload_due ON upload (tenant_id, expires_at) WHERE NOT purged")
    op.execute("CREATE INDEX upload_of_actor ON upload (tenant_id, actor_id, expires_at)")
    protect("upload", service=service, app="SELECT, INSERT, UPDATE")


def drop_upload_table_v1() -> None:
    """Drop what `create_upload_table_v1` made."""
    op.execute("DROP TABLE upload")
