"""Documents, the queue of the recogniser, keys per person, resumable uploads."""

from alembic import op

from common.crypto.migrations import create_person_key_table_v1, drop_person_key_table_v1
from common.db.migrations import create_common_tables_v1, defer_foreign_keys, drop_common_tables_v1, protect
from common.storage.uploads.migrations import create_upload_table_v1, drop_upload_table_v1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

DOCUMENT = """
CREATE TABLE document (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, version int NOT NULL,
  owner_id uuid NOT NULL, person_id uuid, unit_id uuid, key_id uuid NOT NULL, object_name text NOT NULL,
  filename text, media_type text NOT NULL, size bigint NOT NULL CHECK (size > 0), sha256 text NOT NULL,
  state text NOT NULL CHECK (state IN ('stored', 'recognizing', 'recognized', 'unreadable', 'erased')),
  document_type text, recognition text, problem jsonb, recognized_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, key_id) REFERENCES person_key (tenant_id, id),
  CHECK (state <> 'recognized' OR recognition IS NOT NULL),
  CHECK (state <> 'unreadable' OR problem IS NOT NULL))
"""

QUEUE = """
CREATE TABLE document_queue (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL,
  leased_until timestamptz NOT NULL, lease uuid, attempts int NOT NULL, crashes int NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, id) REFERENCES document (tenant_id, id))
"""


def upgrade() -> None:
    create_common_tables_v1(service="ocr")
    create_person_key_table_v1(service="ocr")
    create_upload_table_v1(service="ocr")
    op.execute(DOCUMENT)
    op.execute("CREATE INDEX document_of_owner ON document (tenant_id, owner_id, id)")
    op.execute("CREATE INDEX document_of_person ON document (tenant_id, person_id, id)")
    op.execute("CREATE INDEX document_of_key ON document (tenant_id, key_id)")
    # A document is never deleted by the service: an erased one stays as a row without content.
    protect("document", service="ocr", app="SELECT, INSERT, UPDATE")
    op.execute(QUEUE)
    protect("document_queue", service="ocr")
    # The recogniser looks for work of all tenants, like the relay: by columns without content, and only to look.
    # It takes the work in the tenant's own transaction. Hence also the one index that does not begin with the tenant.
    op.execute("CREATE INDEX document_queue_due ON document_queue (leased_until)")
    op.execute("CREATE POLICY document_queue_relay ON document_queue FOR SELECT TO ocr_relay USING (true)")
    op.execute("GRANT SELECT (tenant_id, id, created_at, leased_until) ON document_queue TO ocr_relay")
    defer_foreign_keys()


def downgrade() -> None:
    op.execute("DROP TABLE document_queue")
    op.execute("DROP TABLE document")
    drop_upload_table_v1()
    drop_person_key_table_v1()
    drop_common_tables_v1()
