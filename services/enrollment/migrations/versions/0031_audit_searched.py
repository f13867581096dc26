"""The audit log is found by thing, person, deed and day without reading all of it."""

from common.db.migrations import create_audit_indexes_v1, drop_audit_indexes_v1

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_audit_indexes_v1()


def downgrade() -> None:
    drop_audit_indexes_v1()
