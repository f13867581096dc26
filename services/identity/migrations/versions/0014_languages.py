"""In which language an account's owner wants messages."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "ALTER TABLE account ADD COLUMN language text CHECK (language IN ('zh', 'en')), "
        "ADD COLUMN language_chosen_at timestamptz"
    )
    _check("'tenants', 'units', 'members', 'staff', 'languages'")


def downgrade() -> None:
    op.execute("DELETE FROM snapshot_request WHERE fact = 'languages'")
    _check("'tenants', 'units', 'members', 'staff'")
    op.execute("ALTER TABLE account DROP COLUMN language, DROP COLUMN language_chosen_at")


def _check(facts: str) -> None:
    op.execute(
        "ALTER TABLE snapshot_request DROP CONSTRAINT snapshot_request_fact_check, "
        f"ADD CONSTRAINT snapshot_request_fact_check CHECK (fact IN ({facts}))"
    )
