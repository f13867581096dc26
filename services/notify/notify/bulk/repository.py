"""SQL of bulk messages: audiences by rule, and where their messages stand."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, func

from common.auth import Actor
from common.auth.scope import path_range
from common.db import TenantRepository
from common.db.scope import within_reach
from common.http import Cursor

from ..copies.models import CoverCopy, Preference, Recipient, UnitCopy
from ..messages.models import Message
from .models import BulkMessage
from .schemas import AudienceRule


class Reach(NamedTuple):
    """How many an audience has."""

    everybody: int
    with_mobile: int
    silenced: int
    """Of those with a mobile, who want no service notices by SMS."""


class BulkRepository(TenantRepository):
    """Bulk messages of one tenant."""

    async def page(self, actor: Actor, cursor: Cursor) -> Sequence[BulkMessage]:
        """Return a page of the bulk messages within the caller's reach, newest first."""
        return await self.all(cursor.apply(self._within(actor), BulkMessage))

    async def one_within(self, actor: Actor, bulk_id: UUID, *, lock: bool = False) -> BulkMessage | None:
        """Return a bulk message within the caller's reach."""
        statement = self._within(actor).where(BulkMessage.id == bulk_id)
        return await self.first(statement.with_for_update() if lock else statement)

    def _within(self, actor: Actor) -> Select[BulkMessage]:
        path = BulkMessage.audience["branch"].as_string().collate("C")
        return self.select(BulkMessage).where(within_reach(actor, path))

    async def members(
        self, rule: AudienceRule, *, today: date, after: UUID | None, most: int
    ) -> Sequence[Recipient]:
        """Return the next members of an audience, in the order of ids."""
        statement = self._members(self.select(Recipient), rule, today)
        if after is not None:
            statement = statement.where(Recipient.id > after)
        return await self.all(statement.order_by(Recipient.id).limit(most))

    async def units(self, rule: AudienceRule, *, after: UUID | None, most: int) -> Sequence[UnitCopy]:
        """Return the next units whose handlers are told."""
        statement = self._units(self.select(UnitCopy), rule)
        if after is not None:
            statement = statement.where(UnitCopy.id > after)
        return await self.all(statement.order_by(UnitCopy.id).limit(most))

    async def reach(self, rule: AudienceRule, *, today: date) -> Reach:
        """Count an audience in one statement."""
        if rule.kind == "handler":
            columns = (func.count(), func.count(UnitCopy.mobile))
            everybody, mobile = (
                await self.session.execute(self._units(self.select_columns(UnitCopy, *columns), rule))
            ).one()
            return Reach(everybody, mobile, 0)
        silenced = func.count().filter(
            Recipient.mobile.is_not(None),
            Recipient.id.in_(
                self.select_columns(Preference, Preference.id).where(~Preference.service_notices)
            ),
        )
        columns3 = (func.count(), func.count(Recipient.mobile), silenced)
        statement = self._members(self.select_columns(Recipient, *columns3), rule, today)
        return Reach(*(await self.session.execute(statement)).one())

    def _members(self, statement: Select[Any], rule: AudienceRule, today: date) -> Select[Any]:
        if rule.units is not None:
            statement = statement.where(Recipient.unit_id.in_(rule.units))
        if rule.branch is not None:
            statement = statement.where(Recipient.unit_id.in_(self._units_below(rule.branch)))
        if rule.covered_by is not None:
            covered = self.select_columns(CoverCopy, CoverCopy.person_id).where(
                CoverCopy.product.in_(rule.covered_by),
                CoverCopy.starts_on <= today,
                CoverCopy.ends_on >= today,
            )
            statement = statement.where(Recipient.id.in_(covered))
        return statement

    def _units(self, statement: Select[Any], rule: AudienceRule) -> Select[Any]:
        if rule.units is not None:
            statement = statement.where(UnitCopy.id.in_(rule.units))
        if rule.branch is not None:
            statement = statement.where(UnitCopy.id.in_(self._units_below(rule.branch)))
        return statement

    def _units_below(self, branch: str) -> Select[Any]:
        low, high = path_range(branch)
        below = (UnitCopy.org_path >= low) & (UnitCopy.org_path < high)
        return self.select_columns(UnitCopy, UnitCopy.id).where(below)

    async def has_units_below(self, branch: str) -> bool:
        """Whether a branch has units, itself or further down."""
        return (await self.session.execute(self._units_below(branch).limit(1))).first() is not None

    async def unknown_units(self, ids: Sequence[UUID]) -> list[UUID]:
        """Return which of these are no units."""
        statement = self.select_columns(UnitCopy, UnitCopy.id).where(UnitCopy.id.in_(ids))
        known = set((await self.session.execute(statement)).scalars()) if ids else set()
        return [unit for unit in dict.fromkeys(ids) if unit not in known]

    async def states(self, bulk_id: UUID) -> dict[str, int]:
        """Count a bulk message's messages by state."""
        statement = self.select_columns(Message, Message.state, func.count()).where(
            Message.cause_id == bulk_id
        )
        rows = await self.session.execute(statement.group_by(Message.state))
        return {row[0]: row[1] for row in rows}

    async def take_back(self, bulk_id: UUID) -> int:
        """Give up the messages that have not left; return how many."""
        done: Any = await self.session.execute(
            self.update(Message)
            .where(Message.cause_id == bulk_id, Message.state == "queued")
            .values(state="failed", failure="stopped")
        )
        return int(done.rowcount)
