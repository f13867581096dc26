"""Tenants and packs, organisation, units, accounts and sessions, codes, persons, snapshots."""

from alembic import op

from common.db.migrations import create_common_tables_v1, defer_foreign_keys, drop_common_tables_v1, protect

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ROW = "tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL"
KEY = "PRIMARY KEY (tenant_id, id)"
PATH = 'text COLLATE "C" NOT NULL'  # staff scopes are ranges of paths, which need byte order

TABLES = {
    "tenant": f"""({ROW}, version int NOT NULL, code text NOT NULL, name_zh text NOT NULL, name_en text NOT NULL,
        {KEY}, CHECK (id = tenant_id))""",
    "pack_version": f"""({ROW}, number int NOT NULL CHECK (number > 0),
        status text NOT NULL CHECK (status IN ('proposed', 'published', 'superseded')),
        fingerprint text NOT NULL, source text NOT NULL, pack jsonb NOT NULL,
        proposed_by uuid NOT NULL, consented_by uuid, published_at timestamptz, effective_from timestamptz,
        {KEY}, UNIQUE (tenant_id, number), CHECK (consented_by IS DISTINCT FROM proposed_by),
        CHECK ((status = 'published') = (published_at IS NOT NULL)))""",
    "pack_acknowledgement": f"""({ROW}, number int NOT NULL, service text NOT NULL,
        {KEY}, UNIQUE (tenant_id, number, service))""",
    "org_node": f"""({ROW}, version int NOT NULL, code text NOT NULL, level text NOT NULL, parent_id uuid,
        path {PATH}, name_zh text NOT NULL, name_en text NOT NULL, region text, retired_at timestamptz,
        {KEY}, UNIQUE (tenant_id, code),
        FOREIGN KEY (tenant_id, parent_id) REFERENCES org_node DEFERRABLE INITIALLY DEFERRED)""",
    "unit": f"""({ROW}, version int NOT NULL, name text NOT NULL, credit_code text NOT NULL,
        status text NOT NULL CHECK (status IN ('registered', 'under_review', 'approved', 'returned')),
        org_node_id uuid, org_path {PATH}, medical_code text, handler_account_id uuid,
        handler_mobile_sealed text NOT NULL, handler_mobile_index text NOT NULL,
        handler_name_sealed text, handler_document_sealed text, handler_document_index text,
        commitment_number int, commitment_opened_at timestamptz, commitment_accepted_at timestamptz,
        submitted_at timestamptz, decided_at timestamptz, decided_by uuid, returned_reason text,
        pack_version int NOT NULL, {KEY}, UNIQUE (tenant_id, credit_code),
        FOREIGN KEY (tenant_id, org_node_id) REFERENCES org_node)""",
    "unit_document": f"""({ROW}, unit_id uuid NOT NULL, code text NOT NULL, document_id uuid NOT NULL,
        media_type text NOT NULL, sha256 text NOT NULL, replaced_at timestamptz, {KEY},
        FOREIGN KEY (tenant_id, unit_id) REFERENCES unit)""",
    "person": f"""({ROW}, version int NOT NULL,
        state text NOT NULL CHECK (state IN ('new', 'reported', 'confirmed', 'returned', 'left')),
        unit_id uuid, account_id uuid, document_kind text NOT NULL, document_sealed text NOT NULL,
        document_index text NOT NULL, name_sealed text NOT NULL, mobile_sealed text, mobile_index text,
        effective_on date NOT NULL, pack_version int NOT NULL, {KEY},
        FOREIGN KEY (tenant_id, unit_id) REFERENCES unit)""",
    "person_record": f"""({ROW}, person_id uuid NOT NULL, number int NOT NULL, reason text NOT NULL,
        state text NOT NULL, unit_id uuid, document_kind text NOT NULL, document_sealed text NOT NULL,
        document_index text NOT NULL, name_sealed text NOT NULL, mobile_sealed text, mobile_index text,
        effective_on date NOT NULL, pack_version int NOT NULL, {KEY}, UNIQUE (tenant_id, person_id, number),
        FOREIGN KEY (tenant_id, person_id) REFERENCES person)""",
    "account": f"""({ROW}, version int NOT NULL,
        kind text NOT NULL CHECK (kind IN ('member', 'handler', 'staff')),
        status text NOT NULL CHECK (status IN ('active', 'held', 'closed')), held_reason text,
        mobile_sealed text NOT NULL, mobile_index text NOT NULL, name_sealed text, user_name text,
        password_hash text, password_due boolean NOT NULL, roles jsonb NOT NULL, org_path {PATH},
        unit_id uuid, person_id uuid, epoch int NOT NULL, signed_in_at timestamptz, {KEY},
        CHECK ((kind = 'staff') = (user_name IS NOT NULL)), CHECK ((kind = 'staff') = (password_hash IS NOT NULL)),
        CHECK ((kind = 'handler') = (unit_id IS NOT NULL)), CHECK ((kind = 'member') = (person_id IS NOT NULL)),
        FOREIGN KEY (tenant_id, unit_id) REFERENCES unit, FOREIGN KEY (tenant_id, person_id) REFERENCES person)""",
    "consent": f"""({ROW}, account_id uuid NOT NULL, person_id uuid NOT NULL, statement text NOT NULL,
        number int NOT NULL, {KEY}, UNIQUE (tenant_id, account_id, statement, number),
        FOREIGN KEY (tenant_id, account_id) REFERENCES account,
        FOREIGN KEY (tenant_id, person_id) REFERENCES person)""",
    "session": f"""({ROW}, account_id uuid NOT NULL, expires_at timestamptz NOT NULL, refreshed_at timestamptz NOT NULL,
        ended_at timestamptz, end_reason text, {KEY}, FOREIGN KEY (tenant_id, account_id) REFERENCES account)""",
    "refresh_token": f"""({ROW}, session_id uuid NOT NULL, digest text NOT NULL, spent_at timestamptz,
        {KEY}, UNIQUE (tenant_id, digest),
        FOREIGN KEY (tenant_id, session_id) REFERENCES session ON DELETE CASCADE)""",
    "verification_code": f"""({ROW}, purpose text NOT NULL, mobile_index text NOT NULL, account_id uuid,
        digest text NOT NULL, expires_at timestamptz NOT NULL, used_at timestamptz, {KEY},
        FOREIGN KEY (tenant_id, account_id) REFERENCES account)""",
    "snapshot_request": f"""({ROW}, fact text NOT NULL CHECK (fact IN ('tenants', 'units', 'members')),
        requested_by uuid NOT NULL, after uuid, sent int NOT NULL, finished_at timestamptz, {KEY})""",
}
LATE_REFERENCES = (
    """ALTER TABLE unit ADD FOREIGN KEY (tenant_id, handler_account_id) REFERENCES account
       DEFERRABLE INITIALLY DEFERRED""",
    """ALTER TABLE person ADD FOREIGN KEY (tenant_id, account_id) REFERENCES account
       DEFERRABLE INITIALLY DEFERRED""",
)
INDEXES = (
    "CREATE UNIQUE INDEX tenant_code ON tenant (tenant_id, code)",
    "CREATE UNIQUE INDEX pack_proposed ON pack_version (tenant_id) WHERE status = 'proposed'",
    "CREATE INDEX unit_scope ON unit (tenant_id, org_path, id)",
    "CREATE INDEX unit_status ON unit (tenant_id, status, id)",
    "CREATE INDEX unit_node ON unit (tenant_id, org_node_id)",
    "CREATE INDEX unit_handler ON unit (tenant_id, handler_account_id)",
    "CREATE INDEX unit_document_unit ON unit_document (tenant_id, unit_id)",
    "CREATE INDEX person_document ON person (tenant_id, document_index)",
    "CREATE INDEX person_mobile ON person (tenant_id, mobile_index)",
    "CREATE INDEX person_unit ON person (tenant_id, unit_id, id)",
    "CREATE INDEX person_record_document ON person_record (tenant_id, document_index)",
    """CREATE UNIQUE INDEX account_mobile ON account (tenant_id, kind, mobile_index)
       WHERE kind <> 'staff' AND status <> 'closed'""",
    "CREATE UNIQUE INDEX account_user_name ON account (tenant_id, user_name)",
    "CREATE UNIQUE INDEX account_person ON account (tenant_id, person_id) WHERE status <> 'closed'",
    "CREATE INDEX account_unit ON account (tenant_id, unit_id)",
    "CREATE INDEX consent_person ON consent (tenant_id, person_id)",
    "CREATE INDEX session_account ON session (tenant_id, account_id) WHERE ended_at IS NULL",
    "CREATE INDEX session_age ON session (tenant_id, expires_at)",
    "CREATE INDEX refresh_token_session ON refresh_token (tenant_id, session_id)",
    "CREATE INDEX verification_code_mobile ON verification_code (tenant_id, mobile_index, purpose, id)",
    "CREATE INDEX verification_code_age ON verification_code (tenant_id, expires_at)",
    "CREATE INDEX snapshot_request_open ON snapshot_request (tenant_id, id) WHERE finished_at IS NULL",
)


def upgrade() -> None:
    create_common_tables_v1(service="identity")
    for table, columns in TABLES.items():
        op.execute(f"CREATE TABLE {table} {columns}")
        protect(table, service="identity")
    for statement in (*LATE_REFERENCES, *INDEXES):
        op.execute(statement)
    # The platform's own keys belong to no tenant: one set signs the tokens of all. Private parts are wrapped.
    op.execute(
        """CREATE TABLE signing_key (kid text PRIMARY KEY, public_jwk jsonb NOT NULL, wrapped bytea NOT NULL,
           created_at timestamptz NOT NULL, retired_at timestamptz)"""
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON signing_key TO identity_app")
    defer_foreign_keys()


def downgrade() -> None:
    op.execute("DROP TABLE signing_key")
    op.execute(f"DROP TABLE {', '.join(reversed(TABLES))} CASCADE")
    drop_common_tables_v1()
