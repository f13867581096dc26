"""Use cases of campaigns for members: those one can join, all of them, one in detail."""

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.clock import today
from common.crypto import TenantKeys
from common.errors import NotFound
from common.http import Cursor, Page
from common.http.paging import cursor_of

from ..audience.rules import Facts, refusals
from ..audience.service import facts_of
from ..bookings.repository import SlotRepository
from ..quizzes.models import Quiz
from ..quizzes.repository import Progress, QuizRepository
from ..rewards.repository import RewardRepository
from ..stock.repository import StockRepository
from .models import Campaign
from .repository import CampaignRepository
from .rules import Standing
from .schemas import CampaignDetail, CampaignOffer, QuizRules, Reason

MOST_PAGES = 20
"""How many pages of campaigns that are not for the caller are passed over at a time."""


async def list_offers(
    session: AsyncSession, *, actor: Actor, keys: TenantKeys, cursor: Cursor, scope: Literal["mine", "all"]
) -> Page[CampaignOffer]:
    """Return what the caller can join today (我能参与), or all that members may know of (全部), newest first."""
    facts = await _facts(session, actor, keys)
    if scope == "all":
        rows = await CampaignRepository(session, actor.tenant_id).known_page(cursor)
        shown = {offer.id: offer for offer in await _offers(session, actor, rows, facts)}
        return cursor.page(rows, lambda row: shown[row.id])
    return await _joinable(session, actor, facts, cursor)


async def _joinable(session: AsyncSession, actor: Actor, facts: Facts, cursor: Cursor) -> Page[CampaignOffer]:
    repository = CampaignRepository(session, actor.tenant_id)
    found: list[Campaign] = []
    after = cursor.after
    for _ in range(MOST_PAGES):
        rows = await repository.open_page(Cursor(after=after, limit=cursor.limit), on=today())
        part = rows[: cursor.limit]
        found += [row for row in part if _may_join(row, facts)]
        after = part[-1].id if len(rows) > cursor.limit else None
        if len(found) > cursor.limit or after is None:
            break
    chosen = found[: cursor.limit]
    if len(found) > cursor.limit:
        after = chosen[-1].id
    return Page(
        items=await _offers(session, actor, chosen, facts), next_cursor=cursor_of(after) if after else None
    )


def _may_join(row: Campaign, facts: Facts) -> bool:
    return row.standing() is Standing.OPEN and not refusals(row.rule, facts, on=today())


async def read_offer(
    session: AsyncSession, *, actor: Actor, keys: TenantKeys, campaign_id: UUID
) -> CampaignDetail:
    """Return one campaign as a member sees it."""
    row = await CampaignRepository(session, actor.tenant_id).known(campaign_id)
    if row is None:
        raise NotFound
    (offer,) = await _offers(session, actor, [row], await _facts(session, actor, keys))
    quiz = await QuizRepository(session, actor.tenant_id).quiz_of(campaign_id)
    rules = (
        QuizRules(
            questions=quiz.asked, seconds=quiz.seconds, pass_mark=quiz.pass_mark, attempts=quiz.attempts
        )
        if quiz
        else None
    )
    return CampaignDetail(**offer.model_dump(), quiz=rules)


async def _facts(session: AsyncSession, actor: Actor, keys: TenantKeys) -> Facts:
    if actor.person_id is None:
        return Facts()
    return await facts_of(session, person_id=actor.person_id, keys=keys)


async def _offers(
    session: AsyncSession, actor: Actor, rows: Sequence[Campaign], facts: Facts
) -> list[CampaignOffer]:
    tenant_id, ids = actor.tenant_id, [row.id for row in rows]
    with_codes = await StockRepository(session, tenant_id).available(ids, on=today())
    places = await SlotRepository(session, tenant_id).counted(ids)
    received = await RewardRepository(session, tenant_id).received(actor.person_id, ids)
    quizzes = QuizRepository(session, tenant_id)
    asked, progress = await quizzes.quizzes_of(ids), await quizzes.progress(actor.person_id, ids)

    def offer(row: Campaign) -> CampaignOffer:
        reasons = refusals(row.rule, facts, on=today())
        capacity, taken = places.get(row.id, (0, 0))
        shown: dict[str, Any] = {
            name: getattr(row, name) for name in CampaignOffer.model_fields if hasattr(row, name)
        }
        shown["standing"] = row.standing().value
        return CampaignOffer(
            **shown,
            received=received.get(row.id, 0),
            available={"code": row.id in with_codes, "goods": taken < capacity}.get(row.gives, True),
            has_quiz=row.id in asked,
            may_join=row.state == "published" and row.standing() is Standing.OPEN and not reasons,
            reasons=[Reason(code=one.code, message=one.text.in_language()) for one in reasons],
            **quiz_progress(asked.get(row.id), progress.get(row.id, Progress())),
        )

    return [offer(row) for row in rows]


def quiz_progress(quiz: Quiz | None, progress: Progress) -> dict[str, Any]:
    """Return how far a person is in a quiz."""
    if quiz is None:
        return {"quiz_state": "none", "attempts_left": 0}
    left = max(0, quiz.attempts - progress.used)
    if progress.passed:
        return {"quiz_state": "passed", "attempts_left": 0}
    if progress.running:
        return {"quiz_state": "running", "attempts_left": left}
    return {"quiz_state": "not_begun" if left else "failed", "attempts_left": left}
