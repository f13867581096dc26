"""The person behind each account that acted, for the four-eyes rule; outcomes and states that were missing."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

HUMANS = {
    "enrolment_order": ("created_human", "submitted_human", "payment_reported_human"),
    "order_step": ("human",),
    "cover_application": ("human",),
    "application_step": ("human",),
    "termination": ("created_human", "submitted_human"),
    "termination_step": ("human",),
    "roster_import": ("uploaded_human",),
}
BEFORE, AFTER = (
    "'covered_meanwhile', 'ended_meanwhile'",
    "'covered_meanwhile', 'ended_meanwhile', 'not_eligible'",
)
STATES_BEFORE, STATES_AFTER = "'open', 'paid', 'cancelled'", "'open', 'paid', 'cancelled', 'refunded'"


def upgrade() -> None:
    for table, columns in HUMANS.items():
        op.execute(f"ALTER TABLE {table} " + ", ".join(f"ADD COLUMN {column} uuid" for column in columns))
    _check("order_person", "outcome", AFTER)
    _check("dues_bill", "state", STATES_AFTER)


def downgrade() -> None:
    _check("dues_bill", "state", STATES_BEFORE, valid=False)
    _check("order_person", "outcome", BEFORE, valid=False)
    for table, columns in HUMANS.items():
        op.execute(f"ALTER TABLE {table} " + ", ".join(f"DROP COLUMN {column}" for column in columns))


def _check(table: str, column: str, allowed: str, *, valid: bool = True) -> None:
    name = f"{table}_{column}_check"
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    new = f"ADD CONSTRAINT {name} CHECK ({column} IN ({allowed}))"
    op.execute(f"ALTER TABLE {table} {new}{'' if valid else ' NOT VALID'}")
