"""SQL of refunds beside claims: which claims are under a policy, what it was refunded."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, union
from sqlalchemy.dialects.postgresql import insert

from common.clock import now
from common.contracts.refunds import RefundOfPolicy
from common.db import TenantRepository

from ...copies.models import PolicyCopy
from ...intake.models import Claim
from ..models import Payout
from .models import PolicyRefund

LIVE = ("in_review", "returned", "approved", "paid", "payment_failed")


class StandingRepository(TenantRepository):
    """Claims beside the refunds of the policies that they are under."""

    async def claims_under(self, policy: PolicyCopy) -> Sequence[str]:
        """Return the numbers of the claims that were handed in for a case in a policy's term and not refused."""
        statement = self.select_columns(Claim, Claim.number).where(
            Claim.person_id == policy.person_id,
            Claim.product_code == policy.product_code,
            Claim.status.in_(LIVE),
            func.coalesce(Claim.event_on, policy.starts_on).between(policy.starts_on, policy.ends_on),
        )
        found = (await self.session.execute(statement.order_by(Claim.id))).scalars()
        return [number for number in found if number]

    async def refunded(self, policy_ids: Sequence[UUID]) -> dict[UUID, Decimal]:
        """Return what is owed or went back for policies that were ended, whichever way it goes.

        Refunds from before this was kept are known by their payouts alone; those known by both count once.
        """
        ids = list(policy_ids)
        kept = self.select_columns(
            PolicyRefund, PolicyRefund.id, PolicyRefund.policy_id, PolicyRefund.amount
        ).where(PolicyRefund.policy_id.in_(ids))
        paid = self.select_columns(Payout, Payout.refund_id, Payout.policy_id, Payout.amount).where(
            Payout.purpose == "refund", Payout.policy_id.in_(ids)
        )
        amounts: dict[UUID, Decimal] = {}
        for _, policy_id, amount in await self.session.execute(union(kept, paid)):
            amounts[policy_id] = amounts.get(policy_id, Decimal(0)) + amount
        return amounts

    async def keep(self, refunds: Sequence[RefundOfPolicy]) -> None:
        """Keep which policies refunds are of, each once."""
        common = {"tenant_id": self.tenant_id, "created_at": now()}
        rows = [
            {**common, "id": one.refund_id, "policy_id": one.policy_id, "amount": one.amount}
            for one in refunds
        ]
        if rows:
            await self.session.execute(insert(PolicyRefund).values(rows).on_conflict_do_nothing())
