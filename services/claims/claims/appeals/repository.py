"""SQL of appeals and complaints."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select

from common.auth import Actor
from common.db import TenantRepository
from common.db.scope import seen_by
from common.http import Cursor

from .models import Appeal


class AppealRepository(TenantRepository):
    """Appeals of one tenant."""

    def _visible(self, actor: Actor) -> Select[Appeal]:
        """SELECT what a caller may see: a member's own, staff by their branch."""
        scope = seen_by(actor, path=Appeal.org_path, person=Appeal.person_id, account=Appeal.account_id)
        return self.select(Appeal).where(scope)

    async def find_visible(self, actor: Actor, appeal_id: UUID) -> Appeal | None:
        """Lock and return an appeal that the caller may see, or None."""
        statement = self._visible(actor).where(Appeal.id == appeal_id).with_for_update()
        return (
            await self.session.execute(statement.execution_options(populate_existing=True))
        ).scalar_one_or_none()

    async def page(
        self, actor: Actor, cursor: Cursor, *, status: str | None, kind: str | None, claim_id: UUID | None
    ) -> Sequence[Appeal]:
        """Return visible appeals, the newest first."""
        statement = self._visible(actor)
        for column, value in ((Appeal.status, status), (Appeal.kind, kind), (Appeal.claim_id, claim_id)):
            if value is not None:
                statement = statement.where(column == value)
        return await self.all(cursor.apply(statement, Appeal))

    async def open_of(self, claim_id: UUID, kind: str) -> Appeal | None:
        """Return the one that waits for its answer, or None."""
        mine = (Appeal.claim_id == claim_id, Appeal.kind == kind, Appeal.status == "open")
        return await self.first(self.select(Appeal).where(*mine))

    async def unanswered(self) -> Sequence[Appeal]:
        """Return all that wait for an answer, the oldest first."""
        return await self.all(self.select(Appeal).where(Appeal.status == "open").order_by(Appeal.id))
