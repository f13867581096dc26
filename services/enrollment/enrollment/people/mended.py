"""Refused rows of people who stand among the insurable by now: a corrected list was uploaded beside them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from common.crypto import TenantKeys
from common.db import TenantRepository
from common.text import Text

from ..orders.models import Order, OrderStatus
from .cards import Holder, named
from .models import OrderPerson

MENDED = Text(
    "此人已在可参保人员中（{other}），本行如是改正前的，请删除。",
    "The person stands among the insurable ({other}). If this row is from before the correction, delete it.",
)


class MendedRepository(TenantRepository):
    """Refused rows of one tenant whose person is insurable in another row of the same order.

    That row came later: who stands in a file twice, or comes again, was not mended. It has the same ID number;
    where the number itself was wrong, the same name with the same mobile or card.
    """

    async def rows(self, order_id: UUID, ids: Sequence[UUID] | None = None) -> dict[UUID, Holder]:
        """Return the refused rows, all or those among `ids`, each with the newest row that took its place."""
        good = aliased(OrderPerson)
        same_name = and_(
            good.name_index == OrderPerson.name_index,
            or_(good.mobile_index == OrderPerson.mobile_index, good.card_index == OrderPerson.card_index),
        )
        found: dict[UUID, Holder] = {}
        # Two joins by equality: with both conditions in one, each refused row would be held against the whole order.
        for same in (same_name, good.document_index == OrderPerson.document_index):
            pairs = self._beside(good, order_id).where(same)
            if ids is not None:
                pairs = pairs.where(OrderPerson.id.in_(ids))
            for row_id, *holder in await self.session.execute(pairs.order_by(good.id)):
                found[row_id] = Holder(*holder)
        return found

    def _beside(self, good: Any, order_id: UUID) -> Select[Any]:
        read = (OrderPerson.id, good.id, good.sheet_row, good.name_token)
        return (
            self.select_columns(OrderPerson, *read)
            .join(
                good, (good.tenant_id == OrderPerson.tenant_id) & (good.order_id == OrderPerson.order_id)
            )
            .where(
                OrderPerson.order_id == order_id, OrderPerson.insurable.is_(False),
                good.insurable, good.action == "add", good.id > OrderPerson.id,
            )
        )  # fmt: skip


async def mended_rows(
    session: AsyncSession, order: Order, people: Sequence[OrderPerson], keys: TenantKeys
) -> dict[UUID, str]:
    """Say of each refused one of these people of a draft who stands among the insurable, in which row."""
    refused = [person.id for person in people if not person.insurable]
    if order.status != OrderStatus.DRAFT.value or not refused:
        return {}
    found = await MendedRepository(session, order.tenant_id).rows(order.id, refused)
    return {row: MENDED.format(other=named(other, keys)).in_language() for row, other in found.items()}
