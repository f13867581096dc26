"""Requests about personal data: exports and erasures."""

from alembic import op

from common.db.migrations import defer_foreign_keys, protect

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """CREATE TABLE data_request (tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL,
        version int NOT NULL, kind text NOT NULL CHECK (kind IN ('export', 'erasure')), person_id uuid NOT NULL,
        state text NOT NULL CHECK (state IN ('open', 'refused', 'withdrawn', 'running', 'done')),
        reason text NOT NULL, requested_by uuid NOT NULL,
        requested_as text NOT NULL CHECK (requested_as IN ('member', 'staff', 'retention')),
        decided_by uuid, decided_at timestamptz, answer text, task_id uuid, parts jsonb NOT NULL,
        finished_at timestamptz, PRIMARY KEY (tenant_id, id),
        CHECK (kind = 'export' OR decided_by IS DISTINCT FROM requested_by),
        FOREIGN KEY (tenant_id, person_id) REFERENCES person ON DELETE CASCADE)"""
    )
    protect("data_request", service="identity")
    op.execute("CREATE INDEX data_request_person ON data_request (tenant_id, person_id, id)")
    op.execute("CREATE INDEX data_request_state ON data_request (tenant_id, state, id)")
    op.execute("CREATE INDEX person_left ON person (tenant_id, effective_on, id) WHERE state = 'left'")
    op.execute("CREATE INDEX admission_row_person ON admission_row (tenant_id, person_id)")
    op.execute("CREATE INDEX admission_row_batch ON admission_row (tenant_id, batch_id, state, sheet_row)")
    defer_foreign_keys()


def downgrade() -> None:
    op.execute("DROP INDEX admission_row_batch, admission_row_person, person_left")
    op.execute("DROP TABLE data_request")
