"""Staff accounts can be told again too."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BEFORE, AFTER = "'tenants', 'units', 'members'", "'tenants', 'units', 'members', 'staff'"


def upgrade() -> None:
    _check(AFTER)


def downgrade() -> None:
    op.execute("DELETE FROM snapshot_request WHERE fact = 'staff'")
    _check(BEFORE)


def _check(facts: str) -> None:
    op.execute(
        "ALTER TABLE snapshot_request DROP CONSTRAINT snapshot_request_fact_check, "
        f"ADD CONSTRAINT snapshot_request_fact_check CHECK (fact IN ({facts}))"
    )
