"""Erasure of a person: the words of feedback can be blanked; everything else of it still only grows."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("GRANT UPDATE (words) ON feedback TO claims_app")


def downgrade() -> None:
    op.execute("REVOKE UPDATE (words) ON feedback FROM claims_app")
