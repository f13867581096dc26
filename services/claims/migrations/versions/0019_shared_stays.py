"""A receipt or picture of one person may be used once in each of the kinds that the pack lets share a stay."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# The row with an empty share is the first use: it keeps everybody else away. Further uses name their kind.
UP = (
    "ALTER TABLE evidence ADD COLUMN share text NOT NULL DEFAULT ''",
    "ALTER TABLE evidence ADD CONSTRAINT evidence_once UNIQUE (tenant_id, kind, mark, share)",
    "ALTER TABLE evidence DROP CONSTRAINT evidence_tenant_id_kind_mark_key",
)
# Without the column nobody could tell which of two claims has a receipt: somebody withdraws or ends one of them first.
DOWN = (
    """
    DO $$ DECLARE uses bigint; BEGIN
      SELECT count(*) INTO uses FROM evidence WHERE share <> '';
      IF uses > 0 THEN
        RAISE EXCEPTION '% receipts or pictures are used by several claims of one person', uses
          USING ERRCODE = 'object_not_in_prerequisite_state',
                HINT = 'Withdraw or reject all but one of those claims, then go down. Nothing was changed.';
      END IF;
    END $$""",
    "ALTER TABLE evidence ADD CONSTRAINT evidence_tenant_id_kind_mark_key UNIQUE (tenant_id, kind, mark)",
    "ALTER TABLE evidence DROP CONSTRAINT evidence_once",
    "ALTER TABLE evidence DROP COLUMN share",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
