"""Indexes of the records in the order of the end of cover."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INDEXES = {
    "policy_ends_order": "(tenant_id, ends_on, id)",
    "policy_unit_ends_order": "(tenant_id, unit_id, ends_on, id)",
    "policy_product_ends_order": "(tenant_id, product_code, ends_on, id)",
}


def upgrade() -> None:
    for name, columns in INDEXES.items():
        op.execute(f"CREATE INDEX {name} ON policy {columns}")
    op.execute("DROP INDEX policy_unit_ends")


def downgrade() -> None:
    op.execute("CREATE INDEX policy_unit_ends ON policy (tenant_id, unit_id, ends_on)")
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
