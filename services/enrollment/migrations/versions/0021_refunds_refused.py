"""A refund that the payment provider refuses for good."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _check("'requested', 'done', 'refused'")


def downgrade() -> None:
    op.execute("UPDATE online_refund SET state = 'requested' WHERE state = 'refused'")
    _check("'requested', 'done'")


def _check(states: str) -> None:
    op.execute(
        "ALTER TABLE online_refund DROP CONSTRAINT online_refund_state_check, "
        f"ADD CONSTRAINT online_refund_state_check CHECK (state IN ({states}))"
    )
