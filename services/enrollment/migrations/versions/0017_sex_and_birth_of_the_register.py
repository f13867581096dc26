"""Sex and birth date of people whose document does not tell them; the birth date is sealed."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE person_copy ADD COLUMN sex text, ADD COLUMN born_token text")


def downgrade() -> None:
    op.execute("ALTER TABLE person_copy DROP COLUMN sex, DROP COLUMN born_token")
