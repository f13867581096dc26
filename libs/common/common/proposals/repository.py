"""SQL of proposals."""

from collections.abc import Collection, Sequence
from typing import Self
from uuid import UUID

from sqlalchemy import ColumnElement, or_
from sqlalchemy.ext.asyncio import AsyncSession

from ..auth.actor import Actor
from ..clock import now
from ..db.repository import TenantRepository
from ..db.scope import within_reach
from ..http.paging import Cursor
from .models import PROPOSED, Proposal


class ProposalRepository(TenantRepository):
    """Proposals of the session's tenant."""

    @classmethod
    def of(cls, session: AsyncSession) -> Self:
        """Return the repository for the tenant that the session was opened for."""
        return cls(session, session.info["tenant_id"])

    def _visible(self, actor: Actor, decidable: Sequence[str]) -> ColumnElement[bool]:
        """One's own, and those that one may decide: of colleagues within one's part of the organisation."""
        path = Proposal.proposer["org_path"].as_string().collate("C")
        theirs = Proposal.command.in_(list(decidable)) & within_reach(actor, path)
        return or_(Proposal.proposed_by == actor.id, theirs)

    async def seen(
        self, actor: Actor, proposal_id: UUID, *, decidable: Sequence[str], lock: bool = False
    ) -> Proposal | None:
        """Return a proposal that the caller made or may decide."""
        statement = self.select(Proposal).where(Proposal.id == proposal_id, self._visible(actor, decidable))
        if lock:
            statement = statement.with_for_update().execution_options(populate_existing=True)
        return await self.first(statement)

    async def page(
        self,
        actor: Actor,
        cursor: Cursor,
        *,
        known: Sequence[str],
        decidable: Sequence[str],
        state: str | None,
        command: str | None,
    ) -> Sequence[Proposal]:
        """Return proposals that the caller made or may decide, newest first."""
        statement = self.select(Proposal).where(
            Proposal.command.in_(list(known)), self._visible(actor, decidable)
        )
        if state is not None:
            statement = statement.where(Proposal.state == state)
        if command is not None:
            statement = statement.where(Proposal.command == command)
        return await self.all(cursor.apply(statement, Proposal))

    async def open_of(self, command: str, subject: str) -> Proposal | None:
        """Return the proposal about a subject that waits, or waited too long, locked."""
        statement = self.select(Proposal).where(
            Proposal.command == command, Proposal.subject == subject, Proposal.state == PROPOSED
        )
        return await self.first(statement.with_for_update())

    async def about(self, command: str, subjects: Collection[str]) -> Sequence[Proposal]:
        """Return all proposals of a command about some subjects, in every state."""
        return await self.all(
            self.select(Proposal).where(Proposal.command == command, Proposal.subject.in_(subjects))
        )

    async def overdue(self, limit: int) -> Sequence[Proposal]:
        """Return proposals that nobody decided in time, locked, leaving out those being decided."""
        statement = self.select(Proposal).where(Proposal.state == PROPOSED, Proposal.expires_at <= now())
        return await self.all(statement.limit(limit).with_for_update(skip_locked=True))
