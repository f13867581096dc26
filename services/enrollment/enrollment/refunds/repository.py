"""SQL of refunds."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import or_
from sqlalchemy.dialects.postgresql import insert

from common.clock import now
from common.db import TenantRepository

from .models import RefundOwed

BATCH = 500
"""Rows of one statement: its parameters are limited."""


class RefundRepository(TenantRepository):
    """Refunds of one tenant."""

    async def owe(self, rows: Sequence[dict[str, Any]]) -> set[UUID]:
        """Add refunds; return the ids of those whose subject had none yet."""
        common = {"tenant_id": self.tenant_id, "created_at": now(), "policy_told": True}
        added: set[UUID] = set()
        for first in range(0, len(rows), BATCH):
            some = [common | row for row in rows[first : first + BATCH]]
            statement = insert(RefundOwed).values(some)
            statement = statement.on_conflict_do_nothing(index_elements=["tenant_id", "subject"])
            added.update((await self.session.execute(statement.returning(RefundOwed.id))).scalars())
        return added

    async def amounts(self, subjects: Sequence[str]) -> dict[str, Decimal]:
        """Return what is owed or was paid, by subject; subjects without a refund are left out."""
        if not subjects:
            return {}
        statement = self.select_columns(RefundOwed, RefundOwed.subject, RefundOwed.amount)
        found = await self.session.execute(statement.where(RefundOwed.subject.in_(subjects)))
        return {row.subject: row.amount for row in found}

    async def of_order(self, order_id: UUID) -> Sequence[RefundOwed]:
        """Return the refunds of an order, oldest first."""
        statement = self.select(RefundOwed).where(RefundOwed.order_id == order_id)
        return await self.all(statement.order_by(RefundOwed.id))

    async def untold(self, most: int) -> Sequence[RefundOwed]:
        """Return the next refunds of policies that are to be told again, locked."""
        statement = self.select(RefundOwed).where(
            RefundOwed.policy_told.is_(False),
            RefundOwed.policy_id.is_not(None),
            or_(RefundOwed.tell_again_at.is_(None), RefundOwed.tell_again_at <= now()),
        )
        statement = statement.order_by(RefundOwed.id).limit(most).with_for_update(skip_locked=True)
        return await self.all(statement.execution_options(populate_existing=True))

    async def forget_told(self) -> None:
        """Have all refunds of policies told again."""
        again = self.update(RefundOwed).where(RefundOwed.policy_id.is_not(None), RefundOwed.policy_told)
        await self.session.execute(again.values(policy_told=False, tell_again_at=None))
