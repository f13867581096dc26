"""The sender looks once for all unions at what waits, by columns without content, and only to look."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None
LOOKED_AT = {
    "message": "tenant_id, state, urgent, next_attempt_at",
    "webhook_delivery": "tenant_id, state, next_attempt_at",
}


def upgrade() -> None:
    for table, columns in LOOKED_AT.items():
        op.execute(f"CREATE POLICY {table}_relay ON {table} FOR SELECT TO notify_relay USING (true)")
        op.execute(f"GRANT SELECT ({columns}) ON {table} TO notify_relay")


def downgrade() -> None:
    for table, columns in LOOKED_AT.items():
        op.execute(f"REVOKE SELECT ({columns}) ON {table} FROM notify_relay")
        op.execute(f"DROP POLICY {table}_relay ON {table}")
