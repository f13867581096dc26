"""Staff that can have tasks; when a claim went back; who answered an appeal before, its papers; opinions erased."""

from alembic import op

from common.db.migrations import protect

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

UP = (
    "CREATE TABLE staff_copy ("
    "tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, version int NOT NULL, "
    "roles text[] NOT NULL, org_path text NOT NULL, active boolean NOT NULL, name text, PRIMARY KEY (tenant_id, id))",
    "ALTER TABLE claim ADD COLUMN returned_at timestamptz",
    "ALTER TABLE appeal ADD COLUMN handlers jsonb NOT NULL DEFAULT '[]'",
    "ALTER TABLE claim_document ADD COLUMN appeal_id uuid",
    "GRANT UPDATE (opinion) ON claim_step TO claims_app",
)
DOWN = (
    "REVOKE UPDATE (opinion) ON claim_step FROM claims_app",
    "ALTER TABLE claim_document DROP COLUMN appeal_id",
    "ALTER TABLE appeal DROP COLUMN handlers",
    "ALTER TABLE claim DROP COLUMN returned_at",
    "DROP TABLE staff_copy",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)
    protect("staff_copy", service="claims")


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
