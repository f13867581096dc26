"""Member numbers, admission with its states, searches that were shown, requests for changes and transfers."""

from alembic import op

from common.db.migrations import defer_foreign_keys, protect

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ROW = "tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL"
KEY = "PRIMARY KEY (tenant_id, id)"
PERSON = "FOREIGN KEY (tenant_id, person_id) REFERENCES person"

PERSON_COLUMNS = {
    "member_number": "text",
    "name_index": "text",
    "sex": "text CHECK (sex IN ('female', 'male'))",
    "born_sealed": "text",
    "over_age": "text CHECK (over_age IN ('requested', 'consented', 'refused'))",
    "over_age_opinion": "text",
    "over_age_decided_by": "uuid",
    "entered_by": "uuid",
    "batch_id": "uuid",
    "report_id": "uuid",
    "reported_by": "uuid",
    "reported_at": "timestamptz",
    "node": "text",
    "decided_by": "uuid",
    "returned_reason": "text",
}
RECORD_COLUMNS = {"name_index": "text", "changed_by": "uuid", "note": "text"}
TABLES = {
    "member_counter": f"""({ROW}, given bigint NOT NULL, {KEY}, UNIQUE (tenant_id))""",
    "admission_paper": f"""({ROW}, person_id uuid NOT NULL, code text NOT NULL, document_id uuid NOT NULL,
        media_type text NOT NULL, sha256 text NOT NULL, replaced_at timestamptz, {KEY}, {PERSON} ON DELETE CASCADE)""",
    "member_search": f"""({ROW}, actor_id uuid NOT NULL, criteria jsonb NOT NULL, total int NOT NULL,
        digest text NOT NULL, {KEY})""",
    "admission_report": f"""({ROW}, requested_by uuid NOT NULL, search_id uuid, total int NOT NULL,
        confirmed int NOT NULL DEFAULT 0, finished_at timestamptz, {KEY})""",
    "admission_batch": f"""({ROW}, version int NOT NULL, unit_id uuid NOT NULL, uploaded_by uuid NOT NULL,
        sha256 text NOT NULL, size bigint NOT NULL, object_name text NOT NULL,
        state text NOT NULL CHECK (state IN ('uploaded', 'checking', 'checked', 'processing', 'done', 'refused')),
        total int NOT NULL DEFAULT 0, admissible int NOT NULL DEFAULT 0, admitted int NOT NULL DEFAULT 0,
        failed int NOT NULL DEFAULT 0, problem text, check_task uuid, process_task uuid, finished_at timestamptz,
        pack_version int NOT NULL, {KEY}, FOREIGN KEY (tenant_id, unit_id) REFERENCES unit)""",
    "admission_row": f"""({ROW}, batch_id uuid NOT NULL, sheet_row int NOT NULL,
        state text NOT NULL CHECK (state IN ('good', 'bad', 'admitted', 'failed')),
        reasons jsonb NOT NULL, cells_sealed text NOT NULL, person_id uuid, document_kind text, document_sealed text,
        document_index text, name_sealed text, name_index text, mobile_sealed text, mobile_index text,
        {KEY}, UNIQUE (tenant_id, batch_id, sheet_row),
        FOREIGN KEY (tenant_id, batch_id) REFERENCES admission_batch ON DELETE CASCADE)""",
    "member_request": f"""({ROW}, version int NOT NULL,
        kind text NOT NULL CHECK (kind IN ('change', 'transfer')),
        state text NOT NULL CHECK (state IN ('new', 'in_review', 'returned', 'approved', 'rejected', 'withdrawn')),
        person_id uuid NOT NULL, unit_id uuid, to_unit_id uuid, name_sealed text, name_index text,
        document_sealed text, document_index text, document_kind text, reason text NOT NULL, node text,
        requested_by uuid NOT NULL, requested_unit_id uuid, reported_at timestamptz, decided_at timestamptz,
        answer text, pack_version int NOT NULL, {KEY}, {PERSON},
        FOREIGN KEY (tenant_id, to_unit_id) REFERENCES unit)""",
    "member_request_step": f"""({ROW}, request_id uuid NOT NULL, node text NOT NULL,
        outcome text NOT NULL CHECK (outcome IN ('submitted', 'approved', 'returned', 'rejected', 'withdrawn')),
        by uuid NOT NULL, opinion text, {KEY},
        FOREIGN KEY (tenant_id, request_id) REFERENCES member_request ON DELETE CASCADE)""",
    "member_policy": f"""({ROW}, version int NOT NULL, number text NOT NULL, person_id uuid NOT NULL,
        unit_id uuid NOT NULL, product_code text NOT NULL, shares int NOT NULL, contribution numeric(14,2) NOT NULL,
        starts_on date NOT NULL, ends_on date NOT NULL, status text NOT NULL, ended_on date, {KEY})""",
    "member_claim": f"""({ROW}, version int NOT NULL, number text NOT NULL, person_id uuid NOT NULL, kind text NOT NULL,
        product_code text NOT NULL, status text NOT NULL, amount numeric(14,2), {KEY})""",
    "member_payout": f"""({ROW}, version int NOT NULL, claim_id uuid NOT NULL, person_id uuid NOT NULL,
        amount numeric(14,2) NOT NULL, status text NOT NULL, paid_on date, {KEY})""",
}
INDEXES = (
    "CREATE UNIQUE INDEX person_number ON person (tenant_id, member_number)",
    "CREATE INDEX person_name ON person (tenant_id, name_index)",
    "CREATE INDEX person_state ON person (tenant_id, unit_id, state, id)",
    "CREATE INDEX person_report ON person (tenant_id, report_id, id) WHERE state = 'reported'",
    "CREATE INDEX admission_paper_person ON admission_paper (tenant_id, person_id)",
    "CREATE INDEX member_search_age ON member_search (tenant_id, created_at)",
    "CREATE INDEX admission_report_open ON admission_report (tenant_id, id) WHERE finished_at IS NULL",
    "CREATE INDEX admission_batch_unit ON admission_batch (tenant_id, unit_id, id)",
    "CREATE INDEX admission_row_open ON admission_row (tenant_id, batch_id, sheet_row) WHERE state = 'good'",
    """CREATE UNIQUE INDEX member_request_open ON member_request (tenant_id, person_id, kind)
       WHERE state IN ('new', 'in_review', 'returned')""",
    "CREATE INDEX member_request_state ON member_request (tenant_id, state, id)",
    "CREATE INDEX member_request_unit ON member_request (tenant_id, unit_id, id)",
    "CREATE INDEX member_request_to ON member_request (tenant_id, to_unit_id, id)",
    "CREATE INDEX member_request_step_request ON member_request_step (tenant_id, request_id, id)",
    "CREATE INDEX member_policy_person ON member_policy (tenant_id, person_id, id)",
    "CREATE INDEX member_claim_person ON member_claim (tenant_id, person_id, id)",
    "CREATE INDEX member_payout_claim ON member_payout (tenant_id, claim_id)",
    "CREATE INDEX member_payout_person ON member_payout (tenant_id, person_id, id)",
)


def upgrade() -> None:
    for column, kind in PERSON_COLUMNS.items():
        op.execute(f"ALTER TABLE person ADD COLUMN {column} {kind}")
    for column, kind in RECORD_COLUMNS.items():
        op.execute(f"ALTER TABLE person_record ADD COLUMN {column} {kind}")
    for table, columns in TABLES.items():
        op.execute(f"CREATE TABLE {table} {columns}")
        protect(table, service="identity")
    for statement in INDEXES:
        op.execute(statement)
    defer_foreign_keys()


def downgrade() -> None:
    op.execute(f"DROP TABLE {', '.join(reversed(TABLES))} CASCADE")
    for column in RECORD_COLUMNS:
        op.execute(f"ALTER TABLE person_record DROP COLUMN {column}")
    for column in PERSON_COLUMNS:
        op.execute(f"ALTER TABLE person DROP COLUMN {column}")
