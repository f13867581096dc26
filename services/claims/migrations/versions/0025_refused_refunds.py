"""Refunds that the payment provider had refused before: they, too, wait for a person, not for the member's next card.

Nothing on the row says that it was refused. But such a refund was owed, and so booked, when it was to go back online,
and its payout was made only when the provider had refused; every other payout is made in the transaction that books it.
Where a slow transaction is taken for a refused refund, a person names the account: nobody is paid twice.
"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

REFUSED = (
    "支付机构拒绝原路退款，请核实后登记收款账户 the payment provider refuses to send it back: name an account"
)


def upgrade() -> None:
    op.execute(
        f"""UPDATE payout SET failure = '{REFUSED}', version = payout.version + 1 FROM ledger_posting AS owed
        WHERE owed.tenant_id = payout.tenant_id AND owed.cause_kind = 'refund_due'
        AND owed.cause_id = payout.refund_id AND payout.purpose = 'refund' AND payout.payee = 'member'
        AND payout.status = 'awaiting_card' AND payout.failure IS NULL
        AND payout.created_at > owed.created_at + interval '1 second'"""
    )


def downgrade() -> None:
    """What was marked stays so: the release before shows why it waits."""
