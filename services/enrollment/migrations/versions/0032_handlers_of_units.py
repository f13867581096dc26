"""Name and mobile of a unit's handler, sealed: they stand on the form that the unit prints for its payment."""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "ALTER TABLE unit_copy ADD COLUMN handler_name_token text, ADD COLUMN handler_mobile_token text"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE unit_copy DROP COLUMN handler_name_token, DROP COLUMN handler_mobile_token")
