"""Two indexes of policies go: each costs every policy that is issued, and others find the same rows in the same order.

A unit has few products, and few policies of a product end in one month: what is read in vain is little.
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

INDEXES = {
    "policy_unit_product_starts": "(tenant_id, unit_id, product_code, starts_on, id)",
    "policy_product_ends_order": "(tenant_id, product_code, ends_on, id)",
}


def upgrade() -> None:
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")


def downgrade() -> None:
    for name, columns in INDEXES.items():
        op.execute(f"CREATE INDEX {name} ON policy {columns}")
