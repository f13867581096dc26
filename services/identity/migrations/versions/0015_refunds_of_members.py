"""Refunds owed to members: as long as one is open, their data cannot go."""

from alembic import op

from common.db.migrations import protect

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

SERVICE = "identity"


def upgrade() -> None:
    op.execute(
        "CREATE TABLE member_refund (tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, "
        "version int NOT NULL, person_id uuid, status text NOT NULL CHECK (status IN ('due', 'paid', 'failed')), "
        "PRIMARY KEY (tenant_id, id))"
    )
    op.execute("CREATE INDEX member_refund_person ON member_refund (tenant_id, person_id, id)")
    protect("member_refund", service=SERVICE)


def downgrade() -> None:
    op.execute("DROP TABLE member_refund")
