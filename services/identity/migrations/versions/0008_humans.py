"""Who stands behind an account that entered, reported, decided, asked or proposed: four eyes are two people's."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

COLUMNS = {
    "person": ("entered_human", "reported_human", "decided_human"),
    "member_request_step": ("human",),
    "data_request": ("requested_human",),
    "pack_version": ("proposed_human",),
}


def upgrade() -> None:
    for table, columns in COLUMNS.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} ADD COLUMN {column} uuid")


def downgrade() -> None:
    for table, columns in COLUMNS.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
