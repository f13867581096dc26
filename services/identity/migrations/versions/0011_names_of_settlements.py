"""Names of settlement lines: what was told with them, the change asked for; units are found by their name's key."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KEY = r"""regexp_replace(lower(normalize(name, NFKC)), '[-\s—_.,。·、()【】\[\]<>《》"''“”‘’:;]+', '', 'g')"""


def upgrade() -> None:
    op.execute(
        "ALTER TABLE synced_name ADD COLUMN document_sealed text, ADD COLUMN told_unit text, ADD COLUMN request_id uuid"
    )
    op.execute(f"CREATE INDEX unit_name_key ON unit (tenant_id, ({KEY}))")


def downgrade() -> None:
    op.execute("DROP INDEX unit_name_key")
    op.execute(
        "ALTER TABLE synced_name DROP COLUMN request_id, DROP COLUMN told_unit, DROP COLUMN document_sealed"
    )
