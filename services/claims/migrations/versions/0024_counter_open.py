"""What the counter has taken in and not handed in yet is found at once, however many claims there are."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE INDEX claim_counter_open ON claim (tenant_id, id) "
        "WHERE opened_by = 'counter' AND status IN ('draft', 'returned')"
    )


def downgrade() -> None:
    op.execute("DROP INDEX claim_counter_open")
