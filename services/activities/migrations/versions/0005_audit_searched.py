"""The audit log is found by thing, person, deed and day without reading all of it."""

from alembic import op

from common.db.migrations import AUDIT_INDEXES_V1, create_audit_indexes_v1

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_audit_indexes_v1()


def downgrade() -> None:
    for name in AUDIT_INDEXES_V1:
        op.execute(f"DROP INDEX {name}")
