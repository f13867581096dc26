"""Use cases of the review of an order: pass, return it or single people of it; who may decide."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor, Eyes
from common.contracts.enrollment import OrderApproved, OrderReturned
from common.contracts.pack.chains import Node
from common.crypto import TenantKeys, seal_words
from common.errors import NotFound
from common.events import emit
from common.tenancy import pack_of_version

from ..people.repository import PeopleRepository
from ..slots.repository import SlotRepository
from . import rules
from .cover import open_cover
from .errors import EverybodyReturned, FourEyes, NotYourNode, ReturnNotAllowed
from .facts import order_fact
from .models import Order, OrderStatus
from .quotes import quote_of
from .repeats import repeated
from .repository import OrderRepository
from .service import find_order, new_number
from .stations import decides


async def approve_order(
    session: AsyncSession, *, actor: Actor, order_id: UUID, opinion: str | None, keys: TenantKeys
) -> Order:
    """Pass the review node at which the order stands; after the last one the amount is due."""
    order, node = await _order_at_review(session, actor, order_id, doing="passed")
    repository = OrderRepository(session, actor.tenant_id)
    pack = await pack_of_version(session, order.pack_version)
    following = rules.next_node(pack.chains.orders.review, node.code)
    words = seal_words(keys, opinion) if opinion else None
    repository.record(
        order,
        chain="review",
        node=node.code,
        decision="passed",
        actor=actor,
        reason=words,
    )
    order.pass_review(next_node=following)
    await record(
        session,
        actor_id=actor.id,
        action="order.approved",
        subject=f"order:{order.id}",
        detail={"node": node.code},
    )
    if following is None:
        emit(session, OrderApproved(order=await order_fact(session, order)))
        if order.amount_due == 0:
            await open_cover(session, order, pack)
    return order


async def return_order(
    session: AsyncSession, *, actor: Actor, order_id: UUID, reason: str, keys: TenantKeys
) -> Order:
    """Give an order back to its handler with the reason; it is a draft again."""
    order, node = await _order_at_review(session, actor, order_id, doing="returned")
    if not node.may_return:
        raise ReturnNotAllowed(node_zh=node.title.zh, node_en=node.title.en)
    repository, words = OrderRepository(session, actor.tenant_id), seal_words(keys, reason)
    repository.record(order, chain="review", node=node.code, decision="returned", actor=actor, reason=words)
    order.return_to_draft(reason=words)
    await SlotRepository(session, actor.tenant_id).give_back(order)
    await record(session, actor_id=actor.id, action="order.returned", subject=f"order:{order.id}")
    fact = await order_fact(session, order)
    emit(session, OrderReturned(order=fact, reason=keys.sealed_words(reason)))
    return order


async def return_people(
    session: AsyncSession, *, actor: Actor, order_id: UUID, ids: list[UUID], reason: str, keys: TenantKeys
) -> Order:
    """Give single people of an order back to the unit with the reason; they stand on a new draft, the rest goes on."""
    order, node = await _order_at_review(session, actor, order_id, doing="returned")
    if not node.may_return:
        raise ReturnNotAllowed(node_zh=node.title.zh, node_en=node.title.en)
    pack = await pack_of_version(session, order.pack_version)
    repository, words = OrderRepository(session, actor.tenant_id), seal_words(keys, reason)
    draft = repository.add(order.split_off(number=await new_number(session, actor.tenant_id), reason=words))
    await session.flush()
    moved = await PeopleRepository(session, actor.tenant_id).move(order.id, draft.id, ids)
    if not moved:
        raise NotFound
    if moved >= order.people:
        raise EverybodyReturned
    await SlotRepository(session, actor.tenant_id).give_back(draft, held_by=order)
    quote = await quote_of(session, order, pack)
    order.count_again(
        people=quote.people + quote.leaving,
        shares=quote.shares,
        leaving=quote.leaving,
        amount_due=quote.amount,
    )
    for row, decision in ((order, "people_returned"), (draft, "returned")):
        repository.record(row, chain="review", node=node.code, decision=decision, actor=actor, reason=words)
    detail = {"people": moved, "to": str(draft.id)}
    await record(
        session, actor_id=actor.id, action="people.returned", subject=f"order:{order.id}", detail=detail
    )
    fact = await order_fact(session, draft)
    emit(session, OrderReturned(order=fact, reason=keys.sealed_words(reason)))
    return order


async def _order_at_review(
    session: AsyncSession, actor: Actor, order_id: UUID, *, doing: str
) -> tuple[Order, Node]:
    """Lock an order under review and return it with its node; checks role and four eyes."""
    order = await find_order(session, actor=actor, order_id=order_id, lock=True)
    async with repeated(session, actor, order, doing, chain="review"):
        order.require(OrderStatus.SUBMITTED)
        pack = await pack_of_version(session, order.pack_version)
        node = pack.chains.orders.review.node(order.node or "")
        passed = await OrderRepository(session, actor.tenant_id).passed_since_submission(order, "review")
        check_decider(actor, node, passed=passed, submitters=order.submitters)
    return order, node


def check_decider(
    actor: Actor, node: Node, *, passed: Iterable[rules.StepFact], submitters: Iterable[Eyes]
) -> None:
    """Raise NotYourNode or FourEyes unless the caller may decide at a node."""
    if node.role not in actor.roles:
        raise NotYourNode(node_zh=node.title.zh, node_en=node.title.en)
    if not decides(actor, node, passed=passed, submitters=submitters):
        raise FourEyes(node_zh=node.title.zh, node_en=node.title.en)
