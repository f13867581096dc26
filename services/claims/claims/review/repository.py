"""SQL of reviewers: tasks of a caller's roles, the backlog, deadlines and the reminders that went out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Date, Select, cast, func, or_
from sqlalchemy.dialects.postgresql import insert

from common.auth import Actor
from common.clock import BUSINESS_ZONE, now
from common.db import TenantRepository
from common.http import Cursor
from common.ids import new_id

from ..intake.models import Claim
from ..intake.repository import ClaimRepository
from .models import Reminder
from .rules import HOLD


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much came to a node on one day and waits there: the oldest of them, how many, how many are taken."""

    kind: str
    node: str
    pack_version: int
    oldest: datetime
    waiting: int
    taken: int


class ReviewRepository(TenantRepository):
    """Claims as reviewers look at them."""

    def _visible(self, actor: Actor) -> Select[Claim]:
        return ClaimRepository(self.session, self.tenant_id).visible(actor)

    async def tasks(
        self, actor: Actor, cursor: Cursor, *, node: str | None, kind: str | None, taken: str | None
    ) -> Sequence[Claim]:
        """Return the claims that wait at a node of one of the caller's roles, within the caller's scope.

        `taken`: mine, or free (nobody's, or taken so long ago that it is free again).
        """
        statement = self._visible(actor).where(
            Claim.status == "in_review", Claim.node_role.in_(sorted(actor.roles))
        )
        if node is not None:
            statement = statement.where(Claim.node == node)
        if kind is not None:
            statement = statement.where(Claim.kind == kind)
        if taken == "mine":
            statement = statement.where(Claim.handler_id == actor.id)
        elif taken == "free":
            free = (Claim.assigned_by.is_(None)) & (Claim.handler_since < now() - HOLD)
            statement = statement.where(or_(Claim.handler_id.is_(None), free))
        return await self.all(cursor.apply(statement, Claim))

    async def waiting(self, actor: Actor) -> list[Waiting]:
        """Return what waits at each node, by the day on which it came there, in one statement."""
        zone = str(BUSINESS_ZONE)
        day = cast(func.timezone(zone, Claim.node_since), Date)
        place = (Claim.kind, Claim.node, Claim.pack_version, day)
        visible = self._visible(actor).where(Claim.status == "in_review", Claim.node != "automatic")
        statement = visible.with_only_columns(
            Claim.kind,
            Claim.node,
            Claim.pack_version,
            func.min(Claim.node_since).label("oldest"),
            func.count().label("waiting"),
            func.count(Claim.handler_id).label("taken"),
        ).group_by(*place)
        rows = await self.session.execute(statement)
        return [Waiting(r.kind, r.node or "", r.pack_version, r.oldest, r.waiting, r.taken) for r in rows]

    async def under_way(self, after: UUID | None, most: int) -> Sequence[Claim]:
        """Return claims that wait at a node, in the order of their ids."""
        statement = self.select(Claim).where(Claim.status == "in_review")
        if after is not None:
            statement = statement.where(Claim.id > after)
        return await self.all(statement.order_by(Claim.id).limit(most))

    async def waiting_for_papers(self, after: UUID | None, most: int, *, days: int) -> Sequence[Claim]:
        """Return claims that have waited for their member's papers so many days, in the order of their ids."""
        since = func.coalesce(Claim.returned_at, Claim.created_at)
        statement = self.select(Claim).where(
            Claim.status.in_(["to_upload", "returned"]), since <= now() - timedelta(days=days)
        )
        if after is not None:
            statement = statement.where(Claim.id > after)
        return await self.all(statement.order_by(Claim.id).limit(most))

    async def remind(self, marks: Sequence[tuple[UUID, str]]) -> set[tuple[UUID, str]]:
        """Note reminders that go out now; return those that had not gone out before."""
        if not marks:
            return set()
        rows = [
            {"tenant_id": self.tenant_id, "id": new_id(), "created_at": now(), "claim_id": c, "mark": m}
            for c, m in marks
        ]
        statement = insert(Reminder).values(rows).on_conflict_do_nothing()
        found = await self.session.execute(statement.returning(Reminder.claim_id, Reminder.mark))
        return {(row.claim_id, row.mark) for row in found}


def days_until(day: date, today: date) -> int:
    """Return how many days are left, negative where the day has passed."""
    return (day - today).days
