"""Copies of persons have the work number of their unit, and are found by their member number."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE person_copy ADD COLUMN work_number_token text")
    op.execute(
        "CREATE INDEX person_copy_member_number ON person_copy (tenant_id, member_number) "
        "WHERE member_number IS NOT NULL"
    )


def downgrade() -> None:
    op.execute("DROP INDEX person_copy_member_number")
    op.execute("ALTER TABLE person_copy DROP COLUMN work_number_token")
