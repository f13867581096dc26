"""The table of proposals, for the migrations of a service with commands that take two people."""

from alembic import op

from ..db.migrations import protect

PROPOSAL_V1 = """
CREATE TABLE proposal (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, version int NOT NULL,
  command text NOT NULL, subject text, parameters text NOT NULL, digest text NOT NULL,
  proposed_by uuid NOT NULL, proposer jsonb NOT NULL, reason text,
  state text NOT NULL CHECK (state IN ('proposed', 'approved', 'rejected', 'withdrawn', 'expired')),
  expires_at timestamptz NOT NULL, decided_by uuid, decided_at timestamptz, opinion text, outcome text,
  PRIMARY KEY (tenant_id, id),
  CHECK ((state = 'proposed') = (decided_at IS NULL)),
  CHECK (state NOT IN ('approved', 'rejected') OR decided_by IS DISTINCT FROM proposed_by))
"""


def create_proposal_table_v1(*, service: str) -> None:
    """Create proposal. The app role cannot delete rows: who proposed and who consented stays on record."""
    op.execute(PROPOSAL_V1)
    op.execute(
        "CREATE UNIQUE INDEX proposal_open ON proposal (tenant_id, command, subject) WHERE state = 'proposed'"
    )
    op.execute("CREATE INDEX proposal_state ON proposal (tenant_id, state, id)")
    op.execute("CREATE INDEX proposal_expiry ON proposal (tenant_id, expires_at) WHERE state = 'proposed'")
    protect("proposal", service=service, app="SELECT, INSERT, UPDATE")


def drop_proposal_table_v1() -> None:
    """Drop what `create_proposal_table_v1` made."""
    op.execute("DROP TABLE proposal")
