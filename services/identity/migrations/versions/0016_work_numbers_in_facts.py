"""Persons have their work number beside the other facts, so that other services are told it.

Numbers known before are told with a member's next fact, or by a snapshot of the members.
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE person ADD COLUMN work_number_sealed text")
    op.execute(
        "UPDATE person SET work_number_sealed = known.number_sealed, version = person.version + 1 "
        "FROM work_number known WHERE known.tenant_id = person.tenant_id AND known.person_id = person.id"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE person DROP COLUMN work_number_sealed")
