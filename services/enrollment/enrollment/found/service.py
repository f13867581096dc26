"""Use cases of what a search finds: sum it up, report, pass or return exactly that."""

from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.crypto import TenantKeys
from common.errors import DomainError
from common.events.emit import emitted
from common.http import Cursor
from common.identifiers import plain_number
from common.tenancy import pack_of_version
from common.text import language

from ..orders.errors import NothingFound, SearchChanged, TooManyFound
from ..orders.models import TO_REVIEW, Order, OrderStatus
from ..orders.reviewing import approve_order, return_order
from ..orders.rules import amount_due
from ..orders.schemas import OrderSubmit
from ..orders.submitting import submit_order
from ..searching import require_number, require_product
from ..spans import require_span
from .repository import FoundRepository, Station
from .schemas import Expected, FoundOrder, FoundResult, FoundSummary, OrderSearch

MOST_ORDERS = 500


def indexes_of(search: OrderSearch, keys: TenantKeys) -> list[str]:
    """Return the blind indexes of the person a search names."""
    number = search.document_number
    return keys.blinds("document", plain_number(number).upper()) if number else []


async def require_sense(session: AsyncSession, search: OrderSearch) -> None:
    """Refuse what can find nothing: SpanReversed, NumberIncomplete, NumberWrong, ProductNotKnown."""
    require_span(search.created_from, search.created_until)
    require_number(search.document_number)
    await require_product(session, search.product)


async def search_orders(
    session: AsyncSession, *, actor: Actor, keys: TenantKeys, search: OrderSearch, cursor: Cursor
) -> list[Order]:
    """Return a page of the orders a search finds."""
    await require_sense(session, search)
    repository = FoundRepository(session, actor.tenant_id)
    stations = await _stations(session, repository, actor, search)
    return list(await repository.page(actor, search, indexes_of(search, keys), cursor, stations))


async def sum_up(
    session: AsyncSession, *, actor: Actor, keys: TenantKeys, search: OrderSearch
) -> FoundSummary:
    """Return how many orders, people and yuan a search comes to 汇总金额."""
    return await _summary(session, actor, await _found(session, actor, keys, search))


async def _stations(
    session: AsyncSession, repository: FoundRepository, actor: Actor, search: OrderSearch
) -> list[Station]:
    """Return the nodes that are the caller's by their role, where the search asks for what is theirs to decide."""
    if search.status != TO_REVIEW:
        return []
    found = []
    for version, code in await repository.stations():
        node = (await pack_of_version(session, version)).chains.orders.review.node(code)
        if node.role in actor.roles:
            found.append((version, node))
    return found


async def _found(
    session: AsyncSession, actor: Actor, keys: TenantKeys, search: OrderSearch
) -> Sequence[Order]:
    await require_sense(session, search)
    repository = FoundRepository(session, actor.tenant_id)
    stations = await _stations(session, repository, actor, search)
    orders = await repository.everything(actor, search, indexes_of(search, keys), stations, limit=MOST_ORDERS)
    if len(orders) > MOST_ORDERS:
        raise TooManyFound(limit=MOST_ORDERS)
    return orders


async def _summary(session: AsyncSession, actor: Actor, orders: Sequence[Order]) -> FoundSummary:
    """Drafts come to what their insurable people come to now, all others to what they were submitted with."""
    drafts = [order for order in orders if order.status == OrderStatus.DRAFT]
    counted = await FoundRepository(session, actor.tenant_id).people_by_shares([row.id for row in drafts])
    people, shares, amount = 0, 0, Decimal("0.00")
    for order in orders:
        if order.status != OrderStatus.DRAFT:
            people, shares = people + order.people, shares + order.shares
            amount += order.amount_due or Decimal(0)
            continue
        by_shares = counted.get(order.id, {})
        pack = await pack_of_version(session, order.pack_version)
        price = pack.product(order.product_code).contribution
        people += sum(by_shares.values())
        shares += sum(number * count for number, count in by_shares.items())
        amount += amount_due(by_shares, price=price, rounding=pack.rounding)
    return FoundSummary(orders=len(orders), people=people, shares=shares, amount=amount)


async def submit_found(
    session: AsyncSession, *, actor: Actor, keys: TenantKeys, search: OrderSearch, expected: Expected
) -> FoundResult:
    """Submit exactly the drafts that a search showed; who cannot be covered stays out only by being deleted first."""

    async def submit(order: Order) -> Order:
        done, _ = await submit_order(session, actor=actor, order_id=order.id, body=OrderSubmit(), keys=keys)
        return done

    return await _each(session, actor, keys, search, expected, submit)


async def pass_found(
    session: AsyncSession,
    *,
    actor: Actor,
    keys: TenantKeys,
    search: OrderSearch,
    expected: Expected,
    opinion: str | None,
) -> FoundResult:
    """Pass exactly the orders that a search showed at the node where they stand: the agency reports up."""

    async def approve(order: Order) -> Order:
        return await approve_order(session, actor=actor, order_id=order.id, opinion=opinion, keys=keys)

    return await _each(session, actor, keys, search, expected, approve)


async def return_found(
    session: AsyncSession,
    *,
    actor: Actor,
    keys: TenantKeys,
    search: OrderSearch,
    expected: Expected,
    reason: str,
) -> FoundResult:
    """Return exactly the orders that a search showed, with the reason."""

    async def give_back(order: Order) -> Order:
        return await return_order(session, actor=actor, order_id=order.id, reason=reason, keys=keys)

    return await _each(session, actor, keys, search, expected, give_back)


async def _each(
    session: AsyncSession,
    actor: Actor,
    keys: TenantKeys,
    search: OrderSearch,
    expected: Expected,
    work: Callable[[Order], Awaitable[Order]],
) -> FoundResult:
    """Do the work with each order found; one that refuses keeps the others from nothing. SearchChanged."""
    orders = await _found(session, actor, keys, search)
    now = await _summary(session, actor, orders)
    if (now.orders, now.people, now.amount) != (expected.orders, expected.people, expected.amount):
        raise SearchChanged(orders=now.orders, people=now.people, amount=f"{now.amount:.2f}")
    if not orders:
        raise NothingFound
    items = [await _one(session, order, work) for order in orders]
    done = sum(item.done for item in items)
    return FoundResult(done=done, refused=len(items) - done, items=items)


async def _one(session: AsyncSession, order: Order, work: Callable[[Order], Awaitable[Order]]) -> FoundOrder:
    said = len(emitted(session))
    number, order_id = order.number, order.id
    try:
        async with session.begin_nested():
            after = await work(order)
            return FoundOrder(id=order_id, number=number, done=True, status=after.status)
    except DomainError as error:
        del emitted(session)[said:]
        await session.refresh(order)
        message = error.sentence.in_language(language.get())
        return FoundOrder(
            id=order_id, number=number, done=False, status=order.status, code=error.code, message=message
        )
