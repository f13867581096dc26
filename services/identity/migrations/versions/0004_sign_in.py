"""Binding step by step, links to other systems' accounts, devices of sessions, what a member keeps on file."""

from alembic import op

from common.db.migrations import defer_foreign_keys, protect

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ROW = "tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL"
KEY = "PRIMARY KEY (tenant_id, id)"
OWNED = f"{ROW}, version int NOT NULL, person_id uuid NOT NULL"
PERSON = "FOREIGN KEY (tenant_id, person_id) REFERENCES person"

TABLES = {
    "account_link": f"""({ROW}, account_id uuid NOT NULL, provider text NOT NULL, subject_index text NOT NULL,
        subject_sealed text NOT NULL, {KEY}, UNIQUE (tenant_id, provider, subject_index),
        FOREIGN KEY (tenant_id, account_id) REFERENCES account)""",
    "work_number": f"""({OWNED}, number_sealed text NOT NULL, number_index text NOT NULL, {KEY},
        UNIQUE (tenant_id, number_index), UNIQUE (tenant_id, person_id), {PERSON})""",
    "binding": f"""({OWNED},
        purpose text NOT NULL CHECK (purpose IN ('bind', 'recover', 'change_mobile')),
        state text NOT NULL CHECK (state IN ('face', 'other_ways', 'bound', 'ended')),
        account_id uuid, document_kind text NOT NULL, document_sealed text NOT NULL, name_sealed text NOT NULL,
        mobile_sealed text NOT NULL, mobile_index text NOT NULL, link_sealed text, token_digest text NOT NULL,
        consent_number int, face_consent_at timestamptz, face_token text, face_failures int NOT NULL,
        bank_failures int NOT NULL, expires_at timestamptz NOT NULL, bound_at timestamptz, bound_by text,
        confirmed_by uuid, signed_in_at timestamptz, {KEY}, {PERSON})""",
    "filed_document": f"""({OWNED}, applicant_id uuid, kind text NOT NULL
          CHECK (kind IN ('id_card', 'bank_card', 'social_security_card')),
        document_id uuid NOT NULL, media_type text NOT NULL, sha256 text NOT NULL,
        state text NOT NULL CHECK (state IN ('reading', 'read', 'unreadable', 'other_kind')),
        fields_sealed text, {KEY}, UNIQUE (tenant_id, document_id), {PERSON})""",
    "recognition_copy": f"""({ROW}, person_id uuid, owner_id uuid NOT NULL, outcome text NOT NULL,
        document_type text NOT NULL, fields_sealed text NOT NULL, {KEY})""",
    "frequent_applicant": f"""({OWNED}, relation text NOT NULL, name_sealed text NOT NULL,
        document_kind text NOT NULL, document_sealed text NOT NULL, document_index text NOT NULL,
        mobile_sealed text, card_sealed text, bank_name text, social_security_sealed text, {KEY},
        UNIQUE (tenant_id, person_id, document_index), {PERSON})""",
    "bank_card": f"""({OWNED}, card_sealed text NOT NULL, card_index text NOT NULL, bank_name text NOT NULL,
        holder_sealed text NOT NULL, is_default boolean NOT NULL, {KEY},
        UNIQUE (tenant_id, person_id, card_index), {PERSON})""",
    "address": f"""({OWNED}, recipient_sealed text NOT NULL, mobile_sealed text NOT NULL, region text NOT NULL,
        detail_sealed text NOT NULL, postcode text, is_default boolean NOT NULL, {KEY}, {PERSON})""",
    "preference": f"""({ROW}, version int NOT NULL, enrolment_sms boolean NOT NULL,
        service_notices boolean NOT NULL, {KEY}, FOREIGN KEY (tenant_id, id) REFERENCES person)""",
}
INDEXES = (
    "CREATE INDEX account_link_account ON account_link (tenant_id, account_id)",
    "CREATE INDEX binding_person ON binding (tenant_id, person_id)",
    "CREATE INDEX binding_waiting ON binding (tenant_id, id) WHERE state = 'other_ways'",
    "CREATE INDEX binding_age ON binding (tenant_id, expires_at)",
    "CREATE INDEX filed_document_person ON filed_document (tenant_id, person_id, id)",
    "CREATE INDEX recognition_copy_age ON recognition_copy (tenant_id, created_at)",
    "CREATE INDEX address_person ON address (tenant_id, person_id, id)",
    "CREATE UNIQUE INDEX bank_card_default ON bank_card (tenant_id, person_id) WHERE is_default",
    "CREATE UNIQUE INDEX address_default ON address (tenant_id, person_id) WHERE is_default",
)


def upgrade() -> None:
    # Accounts that a portal opened may have no mobile.
    op.execute(
        "ALTER TABLE account ALTER COLUMN mobile_sealed DROP NOT NULL, ALTER COLUMN mobile_index DROP NOT NULL"
    )
    op.execute("ALTER TABLE session ADD COLUMN device text, ADD COLUMN way text")
    for table, columns in TABLES.items():
        op.execute(f"CREATE TABLE {table} {columns}")
        protect(table, service="identity")
    for statement in INDEXES:
        op.execute(statement)
    defer_foreign_keys()


def downgrade() -> None:
    op.execute(f"DROP TABLE {', '.join(reversed(TABLES))} CASCADE")
    op.execute("ALTER TABLE session DROP COLUMN device, DROP COLUMN way")
    op.execute(
        "UPDATE account SET mobile_sealed = '', mobile_index = 'none:' || id WHERE mobile_sealed IS NULL"
    )
    op.execute(
        "ALTER TABLE account ALTER COLUMN mobile_sealed SET NOT NULL, ALTER COLUMN mobile_index SET NOT NULL"
    )
