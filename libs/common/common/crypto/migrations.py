"""The table of person keys, for the migrations of a service that stores objects about persons."""

from alembic import op

from ..db.migrations import protect

PERSON_KEY_V1 = """
CREATE TABLE person_key (
  tenant_id uuid NOT NULL, id uuid NOT NULL, sealed text, destroyed_at timestamptz,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id), CHECK ((sealed IS NULL) = (destroyed_at IS NOT NULL)))
"""


def create_person_key_table_v1(*, service: str) -> None:
    """Create person_key. The app role cannot delete rows: an erased person stays erased."""
    op.execute(PERSON_KEY_V1)
    protect("person_key", service=service, app="SELECT, INSERT, UPDATE")


def drop_person_key_table_v1() -> None:
    """Drop what `create_person_key_table_v1` made."""
    op.execute("DROP TABLE person_key")
