"""The card that a member wants to be paid on, as identity told it last."""

from alembic import op

from common.db.migrations import protect

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """CREATE TABLE person_card (tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL,
        card text, bank_name text, changed_at timestamptz NOT NULL, PRIMARY KEY (tenant_id, id))"""
    )
    protect("person_card", service="claims")


def downgrade() -> None:
    op.execute("DROP TABLE person_card")
