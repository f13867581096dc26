"""Participation is reckoned from the employees that a unit declared: rosters create none but the covered."""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE unit_headcount ADD COLUMN declared int NOT NULL DEFAULT 0")
    op.execute(
        """INSERT INTO unit_headcount (tenant_id, id, created_at, unit_id, members, declared)
           SELECT DISTINCT ON (tenant_id, unit_id) tenant_id, gen_random_uuid(), now(), unit_id, 0, employees
           FROM enrolment_order WHERE employees IS NOT NULL AND status <> 'draft'
           ORDER BY tenant_id, unit_id, submitted_at DESC NULLS LAST, id DESC
           ON CONFLICT (tenant_id, unit_id) DO UPDATE SET declared = excluded.declared"""
    )


def downgrade() -> None:
    op.execute("ALTER TABLE unit_headcount DROP COLUMN declared")
