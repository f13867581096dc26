"""SQL of feedback."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, func

from common.auth import Actor
from common.db import TenantRepository
from common.db.scope import seen_by
from common.http import Cursor

from .models import Feedback


class FeedbackRepository(TenantRepository):
    """Feedback of one tenant."""

    def _visible(self, actor: Actor) -> Select[Feedback]:
        return self.select(Feedback).where(seen_by(actor, path=Feedback.org_path))

    async def of_claim(self, claim_id: UUID) -> Feedback | None:
        """Return a claim's feedback or None."""
        return await self.first(self.select(Feedback).where(Feedback.claim_id == claim_id))

    async def page(self, actor: Actor, cursor: Cursor, *, at_most: int | None) -> Sequence[Feedback]:
        """Return feedback of the caller's branch, the newest first; `at_most`: only scores up to this."""
        statement = self._visible(actor)
        if at_most is not None:
            statement = statement.where(Feedback.score <= at_most)
        return await self.all(cursor.apply(statement, Feedback))

    async def scores(self, actor: Actor) -> dict[int, int]:
        """Return how many gave each score in the caller's branch."""
        statement = self._visible(actor)
        counted = statement.with_only_columns(Feedback.score, func.count().label("given"))
        rows = await self.session.execute(counted.group_by(Feedback.score))
        return {row.score: row.given for row in rows}
