"""A payout whose decision was taken back is owed no more until the claim is decided again."""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

STATES = "'awaiting_card', 'waiting', 'batched', 'released', 'paid', 'failed'"
BACK = """
DO $$ DECLARE found bigint; BEGIN
  SELECT count(*) INTO found FROM payout WHERE status = 'withdrawn';
  IF found > 0 THEN
    RAISE EXCEPTION '% payouts are withdrawn, their claims are looked at again', found
      USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'Decide those claims first, then go down. Nothing was changed.';
  END IF;
END $$
"""


def upgrade() -> None:
    allow(f"{STATES}, 'withdrawn'")


def downgrade() -> None:
    op.execute(BACK)
    allow(STATES)


def allow(states: str) -> None:
    op.execute("ALTER TABLE payout DROP CONSTRAINT payout_status_check")
    op.execute(
        f"ALTER TABLE payout ADD CONSTRAINT payout_status_check CHECK (status IN ({states})) NOT VALID"
    )
    op.execute("ALTER TABLE payout VALIDATE CONSTRAINT payout_status_check")
