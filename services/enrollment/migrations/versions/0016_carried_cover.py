"""Orders that carry over the running cover of a system that came before."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None
CHECK = "ALTER TABLE enrolment_order DROP CONSTRAINT enrolment_order_kind_check, ADD CONSTRAINT"


def upgrade() -> None:
    op.execute(
        f"{CHECK} enrolment_order_kind_check CHECK (kind IN ('enrolment', 'amendment', 'carried')) NOT VALID"
    )
    op.execute("ALTER TABLE enrolment_order VALIDATE CONSTRAINT enrolment_order_kind_check")


def downgrade() -> None:
    # What was carried over stays: the old check holds for what comes.
    op.execute(f"{CHECK} enrolment_order_kind_check CHECK (kind IN ('enrolment', 'amendment')) NOT VALID")
