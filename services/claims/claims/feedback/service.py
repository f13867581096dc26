"""Use cases of feedback: give, list, sum up."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.clock import now
from common.contracts.claims import FeedbackGiven
from common.crypto import TenantKeys, open_words, seal_words
from common.events import emit
from common.http import Cursor, Page
from common.ids import new_id

from ..intake.facts import claim_fact
from ..intake.service import find_claim
from .errors import FeedbackGivenAlready, NotPaidYet
from .models import Feedback
from .repository import FeedbackRepository
from .schemas import FeedbackRead, FeedbackSummary, FeedbackWrite


async def give_feedback(
    session: AsyncSession, *, actor: Actor, claim_id: UUID, request: FeedbackWrite, keys: TenantKeys
) -> FeedbackRead:
    """Say how it went, once, after the payout."""
    claim = await find_claim(session, actor=actor, claim_id=claim_id, lock=True)
    if claim.status != "paid":
        raise NotPaidYet
    repository = FeedbackRepository(session, actor.tenant_id)
    if await repository.of_claim(claim.id) is not None:
        raise FeedbackGivenAlready
    feedback = repository.add(
        Feedback(
            id=new_id(),
            created_at=now(),
            claim_id=claim.id,
            account_id=actor.id,
            unit_id=claim.unit_id,
            org_path=claim.org_path,
            score=request.score,
            words=seal_words(keys, request.words) or None,
        )
    )
    emit(session, FeedbackGiven(claim=claim_fact(claim), score=request.score))
    return _read(feedback, keys)


async def list_feedback(
    session: AsyncSession, *, actor: Actor, cursor: Cursor, at_most: int | None, keys: TenantKeys
) -> Page[FeedbackRead]:
    """Return feedback of the caller's branch, the newest first."""
    rows = await FeedbackRepository(session, actor.tenant_id).page(actor, cursor, at_most=at_most)
    return cursor.page(rows, lambda row: _read(row, keys))


async def sum_up_feedback(session: AsyncSession, *, actor: Actor) -> FeedbackSummary:
    """Return how many gave which score in the caller's branch."""
    scores = await FeedbackRepository(session, actor.tenant_id).scores(actor)
    given = sum(scores.values())
    mean = sum(score * count for score, count in scores.items()) / given if given else None
    return FeedbackSummary(
        given=given,
        average=round(mean, 2) if mean is not None else None,
        scores={score: scores.get(score, 0) for score in range(1, 6)},
    )


def _read(feedback: Feedback, keys: TenantKeys) -> FeedbackRead:
    return FeedbackRead(
        id=feedback.id,
        claim_id=feedback.claim_id,
        score=feedback.score,
        words=open_words(keys, feedback.words) or "",
        created_at=feedback.created_at,
    )
