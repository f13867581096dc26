"""Branches in the hands of staff; invitations and second factors; handlers with passwords; names to be linked."""

from alembic import op

from common.db.migrations import defer_foreign_keys, protect

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ROW = "tenant_id uuid NOT NULL, id uuid NOT NULL, created_at timestamptz NOT NULL"
KEY = "PRIMARY KEY (tenant_id, id)"
TABLES = {
    "staff_invitation": f"""({ROW}, account_id uuid NOT NULL, digest text NOT NULL, created_by uuid NOT NULL,
        expires_at timestamptz NOT NULL, used_at timestamptz, {KEY}, UNIQUE (tenant_id, digest),
        FOREIGN KEY (tenant_id, account_id) REFERENCES account)""",
    "staff_totp": f"""({ROW}, secret_sealed text NOT NULL, confirmed_at timestamptz, last_step bigint NOT NULL, {KEY},
        FOREIGN KEY (tenant_id, id) REFERENCES account)""",
    "staff_recovery_code": f"""({ROW}, account_id uuid NOT NULL, digest text NOT NULL, used_at timestamptz, {KEY},
        FOREIGN KEY (tenant_id, account_id) REFERENCES account)""",
    "synced_name": f"""({ROW}, version int NOT NULL, kind text NOT NULL CHECK (kind IN ('unit', 'person')),
        source text NOT NULL, key text NOT NULL, name text, name_sealed text, person_id uuid, unit_id uuid,
        state text NOT NULL CHECK (state IN ('open', 'linked', 'dismissed')), seen int NOT NULL,
        last_seen_at timestamptz NOT NULL, linked_unit_id uuid, decided_by uuid, decided_at timestamptz, note text,
        {KEY}, UNIQUE (tenant_id, kind, source, key), FOREIGN KEY (tenant_id, person_id) REFERENCES person,
        FOREIGN KEY (tenant_id, unit_id) REFERENCES unit, FOREIGN KEY (tenant_id, linked_unit_id) REFERENCES unit)""",
}
INDEXES = (
    "CREATE INDEX staff_invitation_account ON staff_invitation (tenant_id, account_id)",
    "CREATE INDEX staff_recovery_code_account ON staff_recovery_code (tenant_id, account_id)",
    "CREATE INDEX synced_name_open ON synced_name (tenant_id, id) WHERE state = 'open'",
    "CREATE INDEX synced_name_person ON synced_name (tenant_id, person_id)",
    "CREATE INDEX unit_name ON unit (tenant_id, name)",
)
# The first revision let staff alone have user name and password; where the pack says so handlers sign in so too.
DROP_CHECKS = """DO $$ DECLARE found record; BEGIN
  FOR found IN SELECT conname FROM pg_constraint WHERE conrelid = 'account'::regclass AND contype = 'c'
    AND (pg_get_constraintdef(oid) LIKE '%user_name%' OR pg_get_constraintdef(oid) LIKE '%password_hash%') LOOP
    EXECUTE format('ALTER TABLE account DROP CONSTRAINT %I', found.conname);
  END LOOP; END $$"""


def upgrade() -> None:
    op.execute(
        "ALTER TABLE org_node ADD COLUMN origin text NOT NULL DEFAULT 'pack' CHECK (origin IN ('pack', 'staff'))"
    )
    op.execute(DROP_CHECKS)
    op.execute(
        """ALTER TABLE account
           ADD CONSTRAINT account_password CHECK ((user_name IS NULL) = (password_hash IS NULL)),
           ADD CONSTRAINT account_staff CHECK (kind <> 'staff' OR user_name IS NOT NULL),
           ADD CONSTRAINT account_member CHECK (kind <> 'member' OR user_name IS NULL)"""
    )
    for table, columns in TABLES.items():
        op.execute(f"CREATE TABLE {table} {columns}")
        protect(table, service="identity")
    for statement in INDEXES:
        op.execute(statement)
    defer_foreign_keys()


def downgrade() -> None:
    op.execute(f"DROP TABLE {', '.join(reversed(TABLES))} CASCADE")
    op.execute("DROP INDEX unit_name")
    op.execute("UPDATE account SET user_name = NULL, password_hash = NULL WHERE kind = 'handler'")
    op.execute(
        """ALTER TABLE account DROP CONSTRAINT account_password, DROP CONSTRAINT account_staff,
           DROP CONSTRAINT account_member, ADD CHECK ((kind = 'staff') = (user_name IS NOT NULL)),
           ADD CHECK ((kind = 'staff') = (password_hash IS NOT NULL))"""
    )
    op.execute("ALTER TABLE org_node DROP COLUMN origin")
