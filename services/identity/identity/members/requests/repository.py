"""SQL of requests about members."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_
from sqlalchemy.sql.elements import ColumnElement

from common.auth import Actor
from common.db.scope import seen_by
from common.http import Cursor

from ...units.models import Unit
from ..repository import MemberRepository
from .models import OPEN, MemberRequest, MemberRequestStep


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The requests a caller may see: those of members that leave or enter what they see."""
    return or_(
        seen_by(actor, unit=MemberRequest.unit_id, units=Unit),
        seen_by(actor, unit=MemberRequest.to_unit_id, units=Unit),
    )


class RequestRepository(MemberRepository):
    """Requests about members of one tenant."""

    async def request(self, request_id: UUID, actor: Actor, *, lock: bool = False) -> MemberRequest | None:
        """Return a request that the caller may see."""
        statement = self.select(MemberRequest).where(MemberRequest.id == request_id, visible_to(actor))
        if lock:
            statement = statement.with_for_update().execution_options(populate_existing=True)
        return await self.first(statement)

    async def requests(self, request_ids: Sequence[UUID], actor: Actor) -> Sequence[MemberRequest]:
        """Lock and return requests that the caller may see."""
        statement = self.select(MemberRequest).where(MemberRequest.id.in_(request_ids), visible_to(actor))
        statement = statement.order_by(MemberRequest.id).with_for_update()
        return await self.all(statement.execution_options(populate_existing=True))

    async def request_page(
        self, actor: Actor, cursor: Cursor, *, kind: str | None, state: str | None
    ) -> Sequence[MemberRequest]:
        """Return the requests a caller may see, newest first."""
        statement = self.select(MemberRequest).where(visible_to(actor))
        if kind is not None:
            statement = statement.where(MemberRequest.kind == kind)
        if state is not None:
            statement = statement.where(MemberRequest.state == state)
        return await self.all(cursor.apply(statement, MemberRequest))

    async def open_request(self, person_id: UUID, kind: str) -> MemberRequest | None:
        """Return the open request of a kind for a member."""
        statement = self.select(MemberRequest).where(
            MemberRequest.person_id == person_id, MemberRequest.kind == kind, MemberRequest.state.in_(OPEN)
        )
        return await self.first(statement)

    async def states(self, request_ids: Sequence[UUID]) -> dict[UUID, str]:
        """Return in which state each request is."""
        statement = self.select_columns(MemberRequest, MemberRequest.id, MemberRequest.state)
        found = await self.session.execute(statement.where(MemberRequest.id.in_(request_ids)))
        return {row.id: row.state for row in found}

    async def steps_of(self, request_ids: Sequence[UUID]) -> dict[UUID, list[MemberRequestStep]]:
        """Return the steps of several requests, oldest first."""
        statement = self.select(MemberRequestStep).where(MemberRequestStep.request_id.in_(request_ids))
        steps: dict[UUID, list[MemberRequestStep]] = {}
        for step in await self.all(statement.order_by(MemberRequestStep.id)):
            steps.setdefault(step.request_id, []).append(step)
        return steps

    async def steps(self, request_id: UUID) -> Sequence[MemberRequestStep]:
        """Return the steps of a request, oldest first."""
        statement = self.select(MemberRequestStep).where(MemberRequestStep.request_id == request_id)
        return await self.all(statement.order_by(MemberRequestStep.id))
