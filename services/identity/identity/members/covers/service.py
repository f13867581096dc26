"""Use cases of a member's cover: keep what is told, show it to who may see the member."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.contracts.claims import ClaimFact, PayoutFact
from common.contracts.enrollment import PolicyFact
from common.contracts.matters import MemberMatterChanged
from common.contracts.pack import TenantPack
from common.errors import NotFound
from common.tenancy import current_pack

from ..repository import MemberRepository
from .models import MemberClaim, MemberPayout, MemberPolicy
from .repository import CoverRepository
from .schemas import MemberClaimRead, MemberCoverRead, MemberPayoutRead, MemberPolicyRead


async def read_cover(session: AsyncSession, *, actor: Actor, person_id: UUID) -> MemberCoverRead:
    """Return the policies, claims and payouts of a member the caller may see, as far as they have been told."""
    members = MemberRepository.of(session)
    if await members.seen(person_id, actor) is None:
        raise NotFound
    covers, pack = CoverRepository.of(session), await current_pack(session)
    policies = await covers.policies(person_id)
    units = await members.unit_names(sorted({policy.unit_id for policy in policies}))
    titles = _titles(pack)
    return MemberCoverRead(
        policies=[
            MemberPolicyRead.model_validate(
                {
                    **_columns(policy, MemberPolicyRead),
                    "product": titles.get(policy.product_code, policy.product_code),
                    "unit_name": units.get(policy.unit_id),
                }
            )
            for policy in policies
        ],
        claims=[
            MemberClaimRead.model_validate(
                {
                    **_columns(claim, MemberClaimRead),
                    "product": titles.get(claim.product_code, claim.product_code),
                }
            )
            for claim in await covers.claims(person_id)
        ],
        payouts=[
            MemberPayoutRead.model_validate(payout, from_attributes=True)
            for payout in await covers.payouts(person_id)
        ],
    )


async def keep_policies(
    session: AsyncSession, *, policies: Sequence[PolicyFact], ended_on: date | None = None
) -> None:
    """Keep facts of policies."""
    rows: list[dict[str, Any]] = [
        {
            "id": fact.policy_id,
            "version": fact.version,
            "number": fact.number,
            "person_id": fact.person_id,
            "unit_id": fact.unit_id,
            "product_code": fact.product_code,
            "shares": fact.shares,
            "contribution": fact.contribution,
            "starts_on": fact.starts_on,
            "ends_on": fact.ends_on,
            "status": fact.status,
            "ended_on": ended_on or fact.ended_on,
        }
        for fact in policies
    ]
    await CoverRepository.of(session).keep(MemberPolicy, rows)


async def keep_claims(session: AsyncSession, *, claims: Sequence[ClaimFact]) -> None:
    """Keep facts of claims."""
    rows: list[dict[str, Any]] = [
        {
            "id": claim.claim_id,
            "version": claim.version,
            "number": claim.number,
            "person_id": claim.person_id,
            "kind": claim.kind,
            "product_code": claim.product_code,
            "status": claim.status,
            "amount": claim.amount,
        }
        for claim in claims
    ]
    await CoverRepository.of(session).keep(MemberClaim, rows)


async def keep_payout(session: AsyncSession, *, payout: PayoutFact, status: str) -> None:
    """Keep a fact of a payout."""
    row: dict[str, Any] = {
        "id": payout.payout_id,
        "version": payout.version,
        "claim_id": payout.claim_id,
        "person_id": payout.person_id,
        "amount": payout.amount,
        "status": status,
        "paid_on": payout.paid_on,
    }
    await CoverRepository.of(session).keep(MemberPayout, [row])


def _titles(pack: TenantPack) -> dict[str, str]:
    return {product.code: product.title.text().in_language() for product in pack.products}


def _columns(row: object, model: type[Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in model.model_fields if hasattr(row, name)}


async def keep_matter(session: AsyncSession, *, event: MemberMatterChanged) -> None:
    """Keep whether an application or a payment of a member is under way."""
    await CoverRepository.of(session).keep_matter(event)


async def keep_refund(
    session: AsyncSession, *, refund_id: UUID, person_id: UUID | None, status: str, version: int
) -> None:
    """Keep how far a refund to a member is."""
    covers = CoverRepository.of(session)
    await covers.keep_refund(refund_id, person_id=person_id, status=status, version=version)
