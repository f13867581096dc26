"""SQL of deadlines: claims that are not paid and whose day comes."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Select, literal, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from common.auth import Actor
from common.clock import now
from common.db import TenantRepository
from common.http import Cursor
from common.ids import new_id

from ..feed.models import DeadlineNotice
from ..intake.models import Claim
from ..intake.repository import ClaimRepository

UNPAID = ("to_upload", "in_review", "returned", "approved", "payment_failed")


class DeadlineRepository(TenantRepository):
    """Unpaid claims by the day on which they are due."""

    def _due(self, statement: Select[Claim], day: date) -> Select[Claim]:
        return statement.where(Claim.due_on <= day, Claim.status.in_(UNPAID))

    async def untold(self, first: date, last: date, level: str, most: int) -> Sequence[Claim]:
        """Return claims due between two days, both included, of which nobody was told at this level."""
        told = select(DeadlineNotice.id).where(
            DeadlineNotice.tenant_id == Claim.tenant_id,
            DeadlineNotice.claim_id == Claim.id,
            DeadlineNotice.level == level,
        )
        statement = self._due(self.select(Claim), last).where(Claim.due_on >= first, ~told.exists())
        return await self.all(statement.order_by(Claim.due_on, Claim.id).limit(most))

    async def note(self, claims: Sequence[Claim], level: str) -> set[UUID]:
        """Write down who is told; return the claims that nobody else wrote down meanwhile."""
        rows = [
            {
                "tenant_id": self.tenant_id,
                "id": new_id(),
                "created_at": now(),
                "claim_id": claim.id,
                "level": level,
                "due_on": claim.due_on,
            }
            for claim in claims
        ]
        statement = insert(DeadlineNotice).values(rows).on_conflict_do_nothing()
        found = await self.session.execute(statement.returning(DeadlineNotice.claim_id))
        return set(found.scalars())

    async def page(self, actor: Actor, cursor: Cursor, *, until: date) -> Sequence[Claim]:
        """Return visible unpaid claims due up to a day, the most overdue first; one more than the page has."""
        statement = self._due(ClaimRepository(self.session, self.tenant_id).visible(actor), until)
        last = await self.find(Claim, cursor.after) if cursor.after is not None else None
        if last is not None:
            place = tuple_(literal(last.due_on), literal(last.id))
            statement = statement.where(tuple_(Claim.due_on, Claim.id) > place)
        return await self.all(statement.order_by(Claim.due_on, Claim.id).limit(cursor.limit + 1))
