"""Applications and payments of members that are under way: as long as one is, their data cannot go."""

from alembic import op

from common.db.migrations import protect

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

SERVICE = "identity"


def upgrade() -> None:
    op.execute(
        "CREATE TABLE member_matter (tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, "
        "person_id uuid NOT NULL, kind text NOT NULL, number text NOT NULL, open boolean NOT NULL, "
        "told_at timestamptz NOT NULL, PRIMARY KEY (tenant_id, id))"
    )
    op.execute("CREATE INDEX member_matter_open ON member_matter (tenant_id, person_id) WHERE open")
    protect("member_matter", service=SERVICE)


def downgrade() -> None:
    op.execute("DROP TABLE member_matter")
