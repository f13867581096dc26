"""Masses refer to their order by set: one look per statement in the place of a foreign key's look per row.

What a foreign key promises still holds: no row without its order, none left behind by an order that goes.
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TABLES = ("policy", "order_person", "staged_row")
FUNCTIONS = """
CREATE FUNCTION orders_are_there() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wanted bigint; found bigint;
BEGIN
  SELECT count(*) INTO wanted FROM (SELECT DISTINCT tenant_id, order_id FROM placed) AS orders;
  PERFORM FROM enrolment_order WHERE (tenant_id, id) IN (SELECT DISTINCT tenant_id, order_id FROM placed) FOR KEY SHARE;
  GET DIAGNOSTICS found = ROW_COUNT;
  IF found < wanted THEN
    RAISE foreign_key_violation USING MESSAGE = format('%I refers to an order that is not there', TG_TABLE_NAME);
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION order_is_there() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM enrolment_order WHERE tenant_id = NEW.tenant_id AND id = NEW.order_id FOR KEY SHARE;
  IF NOT FOUND THEN
    RAISE foreign_key_violation USING MESSAGE = format('%I refers to an order that is not there', TG_TABLE_NAME);
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION order_has_no_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM order_person WHERE tenant_id = OLD.tenant_id AND order_id = OLD.id)
    OR EXISTS (SELECT FROM staged_row WHERE tenant_id = OLD.tenant_id AND order_id = OLD.id)
    OR EXISTS (SELECT FROM policy WHERE tenant_id = OLD.tenant_id AND order_id = OLD.id) THEN
    RAISE foreign_key_violation USING MESSAGE = 'an order that people or policies refer to stays';
  END IF;
  RETURN NULL;
END $$
"""


def upgrade() -> None:
    for statement in FUNCTIONS.split(" $$;"):
        op.execute(statement if statement.rstrip().endswith("$$") else statement + " $$")
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_tenant_id_order_id_fkey")
        op.execute(
            f"CREATE TRIGGER {table}_orders AFTER INSERT ON {table} REFERENCING NEW TABLE AS placed "
            "FOR EACH STATEMENT EXECUTE FUNCTION orders_are_there()"
        )
        op.execute(
            f"CREATE CONSTRAINT TRIGGER {table}_order AFTER UPDATE OF order_id ON {table} "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.order_id IS DISTINCT FROM OLD.order_id) "
            "EXECUTE FUNCTION order_is_there()"
        )
    op.execute(
        "CREATE CONSTRAINT TRIGGER enrolment_order_rows AFTER DELETE ON enrolment_order "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION order_has_no_rows()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER enrolment_order_rows ON enrolment_order")
    for table in TABLES:
        op.execute(f"DROP TRIGGER {table}_order ON {table}")
        op.execute(f"DROP TRIGGER {table}_orders ON {table}")
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {table}_tenant_id_order_id_fkey FOREIGN KEY (tenant_id, order_id) "
            "REFERENCES enrolment_order (tenant_id, id) DEFERRABLE INITIALLY DEFERRED"
        )
    for name in ("orders_are_there", "order_is_there", "order_has_no_rows"):
        op.execute(f"DROP FUNCTION {name}")
