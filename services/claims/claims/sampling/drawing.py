"""Draws the samples among claims that the rules have just approved, in a few statements for many claims."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now, today
from common.contracts.pack import ClaimKind
from common.ids import new_id
from common.tenancy import pack_of_version

from ..intake.models import Claim
from .models import Sample
from .repository import SampleRepository
from .rules import Decision, cause_of, draw_of, risks_of

YEAR = timedelta(days=365)


async def draw_samples(
    session: AsyncSession, *, tenant_id: UUID, drawn: Sequence[tuple[Claim, date | None]]
) -> list[Sample]:
    """Draw among claims that the rules approved, each with the first day of its cover.

    The seed and the draw are recorded with each sample.
    """
    claims = [claim for claim, _ in drawn]
    kinds: dict[tuple[int, str], ClaimKind] = {}
    for claim in claims:
        if (claim.pack_version, claim.kind) not in kinds:
            pack = await pack_of_version(session, claim.pack_version)
            kinds[claim.pack_version, claim.kind] = pack.claim_kind(claim.kind)
    if not claims:
        return []
    repository = SampleRepository(session, tenant_id)
    seed = await repository.seed(f"{today():%Y-%m}")
    earlier = await repository.earlier_claims({claim.person_id for claim in claims}, now() - YEAR)
    samples = []
    for claim, start in drawn:
        plan = kinds[claim.pack_version, claim.kind].straight_through
        decision = Decision(
            amount=claim.amount or Decimal(0),
            limit=plan.max_amount,
            # The claim itself has been approved by now and is not an earlier one.
            earlier_claims=max(0, earlier.get(claim.person_id, 0) - 1),
            days_since_cover=(claim.event_on - start).days if claim.event_on and start else None,
            on_behalf=claim.on_behalf is not None,
            card_named=bool((claim.payee or {}).get("card")),
        )
        risks = list(risks_of(decision))
        draw = draw_of(seed, claim.id)
        cause = cause_of(draw, plan.sample_share, risks)
        if cause is None:
            continue
        samples.append(
            Sample(
                id=new_id(),
                version=1,
                claim_id=claim.id,
                cause=cause,
                seed=seed,
                draw=draw,
                share=plan.sample_share or Decimal(0),
                risk=sum(risk.points for risk in risks),
                risk_reasons=[risk.as_dict() for risk in risks],
                org_path=claim.org_path,
                status="open",
            )
        )
    repository.add_all(samples)
    return samples
