"""The table of tasks, for the migrations of a service that does long work for people."""

from alembic import op

from ..db.migrations import protect

TASK_V1 = """
CREATE TABLE task (
  tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL,
  kind text NOT NULL, requested_by uuid NOT NULL, actor jsonb NOT NULL, parameters text,
  state text NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
  total bigint CHECK (total >= 0), done bigint NOT NULL CHECK (done >= 0), cursor jsonb, counts jsonb NOT NULL,
  problem jsonb, cancel_requested_at timestamptz,
  lease uuid, leased_until timestamptz NOT NULL, attempts int NOT NULL CHECK (attempts >= 0),
  started_at timestamptz, finished_at timestamptz, clear_at timestamptz,
  object_name text, result_key text, result_file text, result_type text, result_size bigint, result_until timestamptz,
  PRIMARY KEY (tenant_id, id),
  CHECK ((state IN ('done', 'failed', 'cancelled')) = (finished_at IS NOT NULL)),
  CHECK ((state = 'failed') = (problem IS NOT NULL)))
"""


def create_task_table_v1(*, service: str) -> None:
    """Create task. Workers find due tasks of all tenants as the relay role, by columns without content."""
    op.execute(TASK_V1)
    op.execute("CREATE INDEX task_due ON task (leased_until) WHERE state IN ('queued', 'running')")
    op.execute("CREATE INDEX task_of_actor ON task (tenant_id, requested_by, id)")
    op.execute("CREATE INDEX task_clear ON task (tenant_id, clear_at) WHERE clear_at IS NOT NULL")
    protect("task", service=service)
    op.execute(f"CREATE POLICY task_relay ON task FOR SELECT TO {service}_relay USING (true)")
    op.execute(f"GRANT SELECT (tenant_id, id, kind, state, leased_until) ON task TO {service}_relay")


def drop_task_table_v1() -> None:
    """Drop what `create_task_table_v1` made."""
    op.execute("DROP TABLE task")
