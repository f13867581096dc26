"""Words of people are sealed where they stand; an index finds those still in clear for the job that seals them."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

COLUMNS = {
    "enrolment_order": ("return_reason", "refusal_reason"),
    "order_step": ("reason",),
    "cover_application": ("reason",),
    "application_step": ("opinion",),
    "termination": ("reason", "answer"),
    "termination_step": ("opinion",),
    "over_age_consent": ("note", "reason"),
}


def upgrade() -> None:
    for table, columns in COLUMNS.items():
        clear = " OR ".join(f"({column} NOT LIKE 's1.%' AND {column} <> '')" for column in columns)
        op.execute(f"CREATE INDEX {table}_clear_words ON {table} (tenant_id) WHERE {clear}")


def downgrade() -> None:
    for table in COLUMNS:
        op.execute(f"DROP INDEX {table}_clear_words")
