"""Use cases of samples: list, judge, sum up."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor, Eyes
from common.crypto import TenantKeys, open_words, seal_words
from common.errors import NotFound
from common.http import Cursor, Page
from common.tenancy import current_pack
from common.text import language

from ..copies.repository import CopyRepository
from ..intake.models import Claim
from ..intake.repository import ClaimRepository
from ..payouts.repository import PayoutRepository
from ..payouts.stopping import stop_payout
from ..review.errors import SamePerson
from .errors import VerdictNeedsWords
from .models import Sample
from .repository import SampleRepository
from .schemas import RiskRead, SampleRead, SampleSum, VerdictWrite


async def list_samples(
    session: AsyncSession,
    *,
    actor: Actor,
    cursor: Cursor,
    status: str | None,
    cause: str | None,
    keys: TenantKeys,
) -> Page[SampleRead]:
    """Return samples of the caller's branch, the newest first."""
    rows = await SampleRepository(session, actor.tenant_id).page(actor, cursor, status=status, cause=cause)
    read = {item.id: item for item in await _read(session, rows, keys)}
    return cursor.page(rows, lambda row: read[row.id])


async def judge_sample(
    session: AsyncSession, *, actor: Actor, sample_id: UUID, request: VerdictWrite, keys: TenantKeys
) -> SampleRead:
    """Say whether the rules decided rightly; nobody judges an own claim. The verdict is audited.

    Where they did not, the payout is stopped if it is not with the bank yet.

    The same verdict of the same person sent again changes nothing and answers the same.
    """
    sample = await SampleRepository(session, actor.tenant_id).find_within(actor, sample_id)
    if sample is None:
        raise NotFound
    if sample.status == request.verdict and sample.handler_id == actor.id:
        return (await _read(session, [sample], keys))[0]
    if request.verdict == "wrong" and not request.opinion:
        raise VerdictNeedsWords
    claim = (await ClaimRepository(session, actor.tenant_id).by_ids([sample.claim_id]))[sample.claim_id]
    person = await CopyRepository(session, actor.tenant_id).person(claim.person_id)
    me, concerned = Eyes.of(actor), [Eyes(claim.account_id, claim.human)]
    concerned.append(Eyes(person.account_id if person else None))
    if actor.person_id == claim.person_id or any(me.are(other) for other in concerned):
        raise SamePerson
    opinion = seal_words(keys, request.opinion) or None
    sample.judge(request.verdict, opinion=opinion, handler_id=actor.id, handler=actor.label)
    if request.verdict == "wrong":
        await stop_payout(session, actor=actor, claim_id=claim.id)
    await record(
        session,
        actor_id=actor.id,
        action=f"sample.{request.verdict}",
        subject=f"claim:{claim.id}",
        detail={"cause": sample.cause},
    )
    return (await _read(session, [sample], keys))[0]


async def sum_up_samples(session: AsyncSession, *, actor: Actor) -> list[SampleSum]:
    """Return what the samples of the caller's branch have shown so far, by cause."""
    found = []
    for row in await SampleRepository(session, actor.tenant_id).sums(actor):
        judged = row.confirmed + row.wrong
        found.append(
            SampleSum(
                cause=row.cause,
                open=row.open,
                confirmed=row.confirmed,
                wrong=row.wrong,
                wrong_amount=Decimal(row.amount).quantize(Decimal("0.01")),
                wrong_share=round(row.wrong / judged, 4) if judged else None,
            )
        )
    return found


async def _read(session: AsyncSession, samples: Sequence[Sample], keys: TenantKeys) -> list[SampleRead]:
    pack = await current_pack(session)
    titles = {kind.code: kind.title.text().in_language() for kind in pack.claims}
    tenant_id: UUID = session.info["tenant_id"]
    claims: dict[UUID, Claim] = await ClaimRepository(session, tenant_id).by_ids(
        {sample.claim_id for sample in samples}
    )
    stopped = await PayoutRepository(session, tenant_id).stopped(claims.keys())
    return [
        SampleRead(
            id=sample.id,
            claim_id=sample.claim_id,
            claim_number=claims[sample.claim_id].number,
            title=titles.get(claims[sample.claim_id].kind, claims[sample.claim_id].kind),
            amount=claims[sample.claim_id].amount,
            cause=sample.cause,
            seed=sample.seed,
            draw=sample.draw,
            share=sample.share,
            risk=sample.risk,
            risk_reasons=[
                RiskRead(code=r["code"], points=r["points"], text=r[language.get()])
                for r in sample.risk_reasons
            ],
            status=sample.status,
            stopped=sample.claim_id in stopped,
            claim_status=claims[sample.claim_id].status,
            opinion=open_words(keys, sample.opinion) or "",
            handler=sample.handler,
            reviewed_at=sample.reviewed_at,
            created_at=sample.created_at,
            version=sample.version,
        )
        for sample in samples
    ]
