"""A refund of ended cover and the claims under it: where the product gives either, not both, a person looks (D.11).

Enrolment asks what it has heard of claims before it ends a policy. What it had not heard by then is seen here, under
the lock of the person that a claim is handed in and decided under: one of the two always sees the other. Enrolment
leaves every such refund to the union's bank, also where the member had paid online: a provider sends at once.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.enrollment import RefundDue
from common.contracts.refunds import RefundOfPolicy
from common.tenancy import pack_of_version
from common.text import Text

from ...copies.models import PolicyCopy
from ...decisions.repository import DecisionRepository
from ...intake.models import Claim
from ...intake.rules.routing import Reason
from ...ledger.repository import SHARD
from ...statistics.repository import COUNTED
from .repository import StandingRepository

REFUNDED = Text(
    "该保单已提前终止并退费 {amount} 元；本产品给付待遇后不退费，请核实退费后再决定",
    "the policy was ended and {amount} yuan went back; this product gives either a benefit or a refund: check first",
)


class PersonBusy(Exception):
    """Somebody decides about the person: the events of this batch are done one by one, each of which may wait."""


async def keep_refund(session: AsyncSession, *, tenant_id: UUID, due: RefundDue) -> None:
    """Keep which policy a refund is of, whichever way it goes: a claim under it is not decided by rule any more."""
    if due.policy_id is not None:
        one = RefundOfPolicy(refund_id=due.refund_id, policy_id=due.policy_id, amount=due.amount)
        await keep_refunds(session, tenant_id=tenant_id, refunds=[one])


async def keep_refunds(session: AsyncSession, *, tenant_id: UUID, refunds: Sequence[RefundOfPolicy]) -> None:
    """Keep which policies refunds are of, as enrolment tells them again: those of before have no other."""
    await StandingRepository(session, tenant_id).keep(refunds)


async def claims_against(session: AsyncSession, *, tenant_id: UUID, due: RefundDue) -> Sequence[str]:
    """Return the numbers of the claims that speak against a refund, with the person held.

    To be asked before anything is booked, as decisions do. PersonBusy behind other events of a batch that have booked.
    """
    if due.policy_id is None or due.person_id is None:
        return ()
    repository = StandingRepository(session, tenant_id)
    policy = await repository.find(PolicyCopy, due.policy_id)
    if policy is None:
        return ()
    product = (await pack_of_version(session, policy.pack_version)).product(policy.product_code)
    if not product.refund.either_or:
        return ()
    await _hold(session, tenant_id, due.person_id)
    return await repository.claims_under(policy)


async def _hold(session: AsyncSession, tenant_id: UUID, person_id: UUID) -> None:
    """Hold a person, but never wait for one with counters held: whoever decides about them may want those next."""
    repository = DecisionRepository(session, tenant_id)
    if not {SHARD, COUNTED} & session.info.keys():
        await repository.hold_persons([person_id])
    elif not await repository.hold_if_free(person_id):
        raise PersonBusy


async def refund_reasons(
    session: AsyncSession, *, tenant_id: UUID, claims: Sequence[Claim]
) -> dict[UUID, Reason]:
    """Return why people look at claims of held persons, by claim: what their policy cost has been given back."""
    policies = []
    for claim in claims:
        # A version that is known is read from memory: claims without such a product cost no statement.
        pack = await pack_of_version(session, claim.pack_version)
        exclusive = {product.code for product in pack.products if product.refund.either_or}
        if claim.policy_id is not None and claim.product_code in exclusive:
            policies.append(claim.policy_id)
    if not policies:
        return {}
    amounts = await StandingRepository(session, tenant_id).refunded(policies)
    return {
        claim.id: Reason("policy.refunded", REFUNDED.format(amount=f"{amounts[claim.policy_id]:.2f}"))
        for claim in claims
        if claim.policy_id in amounts
    }
