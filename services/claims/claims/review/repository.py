"""SQL of reviewers: tasks of a caller's roles, the backlog, deadlines and the reminders that went out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, and_, case, cast, func, literal, not_, or_, tuple_
from sqlalchemy.dialects.postgresql import insert

from common.auth import Actor
from common.clock import BUSINESS_ZONE, now
from common.db import TenantRepository
from common.ids import new_id

from ..copies.models import UnitCopy
from ..intake.models import Claim
from ..intake.repository import ClaimRepository
from ..statistics.repository import StatisticRepository
from .models import Reminder
from .places import Order, TaskCursor
from .rules import HOLD

NEVER = date(9999, 12, 31)
"""The deadline of a node that has none: it comes behind all others."""


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Which tasks are asked for. `taken`: mine, or free; what was taken so long ago that it is free again is nobody's.

    `number` and `unit`: a part of the claim's number and of its unit's name; `names`: blind indexes of the member's.
    """

    node: str | None = None
    kind: str | None = None
    taken: str | None = None
    number: str | None = None
    unit: str | None = None
    names: tuple[str, ...] | None = None


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

    def _tasks(self, actor: Actor, wanted: TaskFilter) -> Select[Claim]:
        """SELECT what waits at a node of one of the caller's roles, within the caller's scope."""
        statement = self._visible(actor).where(
            Claim.status == "in_review", Claim.node_role.in_(sorted(actor.roles))
        )
        if wanted.node is not None:
            statement = statement.where(Claim.node == wanted.node)
        if wanted.kind is not None:
            statement = statement.where(Claim.kind == wanted.kind)
        if wanted.taken == "mine":
            statement = statement.where(_held(), Claim.handler_id == actor.id)
        elif wanted.taken == "free":
            statement = statement.where(not_(_held()))
        if wanted.number is not None:
            statement = statement.where(Claim.number.contains(wanted.number, autoescape=True))
        if wanted.unit is not None:
            named = UnitCopy.name.contains(wanted.unit, autoescape=True)
            statement = statement.where(
                Claim.unit_id.in_(self.select_columns(UnitCopy, UnitCopy.id).where(named))
            )
        if wanted.names is not None:
            people = StatisticRepository(self.session, self.tenant_id).people(
                names=wanted.names, mobiles=None
            )
            statement = statement.where(Claim.person_id.in_(people))
        return statement

    async def stops(self, actor: Actor) -> list[tuple[int, str, str]]:
        """Return pack version, kind and node of what waits for the caller's roles."""
        place = (Claim.pack_version, Claim.kind, Claim.node)
        waiting = self._tasks(actor, TaskFilter()).with_only_columns(*place).distinct()
        return [(version, kind, node or "") for version, kind, node in await self.session.execute(waiting)]

    async def tasks(
        self,
        actor: Actor,
        cursor: TaskCursor,
        wanted: TaskFilter,
        *,
        order: Order,
        days: Mapping[tuple[int, str, str], int],
    ) -> Sequence[tuple[Claim, date]]:
        """Return tasks with their deadlines, in an order; one more than the page has.

        `days`: within how many days a node decides, by pack version, kind and node; what has no deadline comes last.
        """
        arrived = cast(func.timezone(str(BUSINESS_ZONE), Claim.node_since), Date)
        allowed = [
            (and_(Claim.pack_version == version, Claim.kind == kind, Claim.node == node), literal(count))
            for (version, kind, node), count in sorted(days.items())
        ]
        deadline = func.coalesce(arrived + case(*allowed), NEVER) if allowed else literal(NEVER)
        statement = self._tasks(actor, wanted)
        keys = [deadline, Claim.node_since, Claim.id] if order == "urgent" else [Claim.node_since, Claim.id]
        if cursor.after is not None:
            after = [cursor.after.deadline, cursor.after.since, cursor.after.claim_id][-len(keys) :]
            here, there = tuple_(*keys), tuple_(*after)
            statement = statement.where(here < there if order == "newest" else here > there)
        ordered = statement.order_by(*(key.desc() if order == "newest" else key for key in keys))
        rows = await self.session.execute(ordered.add_columns(deadline).limit(cursor.limit + 1))
        return [(claim, day) for claim, day in rows]

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
            func.count().filter(_held()).label("taken"),
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


def _held() -> ColumnElement[bool]:
    """Whether a task is somebody's now, as `held_by_another` says it of one."""
    lasts = or_(Claim.assigned_by.is_not(None), Claim.handler_since > now() - HOLD)
    return and_(Claim.handler_id.is_not(None), lasts)


def days_until(day: date, today: date) -> int:
    """Return how many days are left, negative where the day has passed."""
    return (day - today).days
