"""Two people of a draft with one bank card: allowed, but told, since the money of one would go to the other."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func
from sqlalchemy.ext.asyncio import AsyncSession

from common.crypto import TenantKeys
from common.db import TenantRepository
from common.identifiers import mask_name
from common.text import Text

from ..orders.models import Order, OrderStatus
from .models import OrderPerson
from .sealing import NAME

SAME_CARD = Text(
    "社保卡银行卡号与{others}相同，互助金会汇入同一张卡，请核对是否填错。",
    "The card is that of {others}, too: the money would go to one card. See whether it is a slip.",
)
WITH_ROW = Text("第 {row} 行 {name}", "row {row} {name}")
ON_THE_ORDER = Text(
    "可参保人员中有 {people} 人与本申请中的他人填了同一个社保卡银行卡号（名单中已标出），"
    "互助金会汇入同一张卡，请在提交前核对。",
    "{people} of those insurable share a bank card with somebody else of this order (marked in the list): the money "
    "would go to one card. Look before you submit.",
)
MOST_NAMED = 3
"""So many others are named."""


class Holder(NamedTuple):
    """Somebody of an order with a card: the row's id, its place in the sheet, the sealed name."""

    id: UUID
    row: int | None
    name: str | None


class CardRepository(TenantRepository):
    """Cards of the people whom one order is to cover."""

    async def sharing(self, order_id: UUID) -> int:
        """Return how many people of an order have a card that somebody else of it has, too."""
        each = self.select_columns(OrderPerson, func.count().label("people")).where(*self._covered(order_id))
        shared = each.group_by(OrderPerson.card_index).having(func.count() > 1)
        return sum(row.people for row in await self.session.execute(shared))

    async def holders(self, order_id: UUID, cards: Iterable[str]) -> dict[str, list[Holder]]:
        """Return who of an order has which of these cards, in the order they were added."""
        read = (OrderPerson.card_index, OrderPerson.id, OrderPerson.sheet_row, OrderPerson.name_token)
        statement = self.select_columns(OrderPerson, *read).where(
            *self._covered(order_id), OrderPerson.card_index.in_(set(cards))
        )
        found: dict[str, list[Holder]] = {}
        for card, *holder in await self.session.execute(statement.order_by(OrderPerson.id)):
            found.setdefault(card, []).append(Holder(*holder))
        return found

    @staticmethod
    def _covered(order_id: UUID) -> tuple[ColumnElement[bool], ...]:
        return (
            OrderPerson.order_id == order_id, OrderPerson.insurable.is_(True), OrderPerson.action == "add",
            OrderPerson.card_index.is_not(None),
        )  # fmt: skip


async def same_cards(
    session: AsyncSession, order: Order, people: Sequence[OrderPerson], keys: TenantKeys
) -> dict[UUID, str]:
    """Say of each of these people of a draft who else of it has the same card; the others are left out."""
    cards = [person.card_index for person in people if person.insurable and person.card_index]
    if order.status != OrderStatus.DRAFT.value or not cards:
        return {}
    holders = await CardRepository(session, order.tenant_id).holders(order.id, cards)
    told: dict[UUID, str] = {}
    for person in people:
        others = [one for one in holders.get(person.card_index or "", ()) if one.id != person.id]
        if person.insurable and others:
            names = "、".join(named(one, keys) for one in others[:MOST_NAMED])
            told[person.id] = SAME_CARD.format(others=names).in_language()
    return told


def named(one: Holder, keys: TenantKeys) -> str:
    """Return where somebody stands in the sheet, and the masked name."""
    name = mask_name(keys.open(one.name, context=NAME)) if one.name else ""
    return WITH_ROW.format(row=one.row, name=name).in_language() if one.row else name


async def same_cards_of_draft(session: AsyncSession, order: Order) -> str | None:
    """Say how many of a draft's people share a card."""
    if order.status != OrderStatus.DRAFT.value:
        return None
    people = await CardRepository(session, order.tenant_id).sharing(order.id)
    return ON_THE_ORDER.format(people=people).in_language() if people else None
