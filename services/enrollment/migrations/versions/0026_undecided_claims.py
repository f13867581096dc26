"""Claims that are handed in and undecided hold back what a policy under them would give back."""

from alembic import op

from common.db.migrations import protect

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

SERVICE = "enrollment"


def upgrade() -> None:
    op.execute(
        "CREATE TABLE case_copy (tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, "
        "version int NOT NULL, number text NOT NULL, person_id uuid NOT NULL, product_code text NOT NULL, "
        "status text NOT NULL, event_on date, amount numeric(14,2), PRIMARY KEY (tenant_id, id))"
    )
    op.execute("CREATE INDEX case_copy_person ON case_copy (tenant_id, person_id, product_code)")
    protect("case_copy", service=SERVICE)
    _outcomes("'covered_meanwhile', 'ended_meanwhile', 'not_eligible', 'claim_open'")


def downgrade() -> None:
    _outcomes("'covered_meanwhile', 'ended_meanwhile', 'not_eligible'")
    op.execute("DROP TABLE case_copy")


def _outcomes(allowed: str) -> None:
    """Say what may become of a person on an order; rows that stand are not read again."""
    op.execute("ALTER TABLE order_person DROP CONSTRAINT order_person_outcome_check")
    op.execute(
        f"ALTER TABLE order_person ADD CONSTRAINT order_person_outcome_check CHECK (outcome IN ({allowed})) NOT VALID"
    )
