"""Webhooks: who is told of events, and every delivery."""

from alembic import op

from common.db.migrations import protect_all

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STATEMENTS = (
    """CREATE TABLE webhook_endpoint (
         tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL, version int NOT NULL,
         unit_id uuid, url text NOT NULL, description text NOT NULL, event_types text[] NOT NULL,
         secret text NOT NULL, old_secret text, old_secret_until timestamptz,
         state text NOT NULL CHECK (state IN ('active', 'paused', 'disabled')), reason text,
         failing_since timestamptz, created_by uuid NOT NULL, PRIMARY KEY (tenant_id, id))""",
    "CREATE INDEX webhook_endpoint_unit ON webhook_endpoint (tenant_id, unit_id)",
    """CREATE TABLE webhook_delivery (
         tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL,
         endpoint_id uuid NOT NULL, event_id uuid NOT NULL, type text NOT NULL, occurred_at timestamptz NOT NULL,
         payload text NOT NULL, state text NOT NULL CHECK (state IN ('queued', 'delivered', 'failed', 'held')),
         attempts int NOT NULL, next_attempt_at timestamptz NOT NULL, delivered_at timestamptz,
         log jsonb NOT NULL, PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, endpoint_id, event_id),
         FOREIGN KEY (tenant_id, endpoint_id) REFERENCES webhook_endpoint (tenant_id, id) ON DELETE CASCADE
           DEFERRABLE INITIALLY DEFERRED)""",
    "CREATE INDEX webhook_delivery_queue ON webhook_delivery (tenant_id, next_attempt_at) WHERE state = 'queued'",
    "CREATE INDEX webhook_delivery_log ON webhook_delivery (tenant_id, endpoint_id, id)",
    "CREATE INDEX webhook_delivery_age ON webhook_delivery (tenant_id, created_at)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
    protect_all(("webhook_endpoint", "webhook_delivery"), service="notify")


def downgrade() -> None:
    for table in ("webhook_delivery", "webhook_endpoint"):
        op.execute(f"DROP TABLE {table}")
