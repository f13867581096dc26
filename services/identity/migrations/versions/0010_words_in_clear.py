"""Words of people are sealed where they stand; an index finds those still in clear for the job that seals them."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

COLUMNS = {
    "person": ("over_age_opinion", "returned_reason"),
    "person_record": ("note",),
    "member_request": ("reason", "answer"),
    "member_request_step": ("opinion",),
    "data_request": ("reason", "answer"),
    "unit": ("returned_reason",),
    "synced_name": ("note",),
}


def upgrade() -> None:
    for table, columns in COLUMNS.items():
        clear = " OR ".join(f"({column} NOT LIKE 's1.%' AND {column} <> '')" for column in columns)
        op.execute(f"CREATE INDEX {table}_clear_words ON {table} (tenant_id) WHERE {clear}")


def downgrade() -> None:
    for table in COLUMNS:
        op.execute(f"DROP INDEX {table}_clear_words")
