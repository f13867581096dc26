"""Issues the policies of a paid order, chunk by chunk; stopped anywhere, it goes on where it was."""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.pack import Product, TenantPack
from common.crypto import TenantKeys
from common.events.outbox import note_written, ready_rows
from common.tenancy import pack_of_version

from ..orders.models import Order
from ..orders.rules import contribution_of
from ..people.reasons import COVERED_MEANWHILE, ENDED_MEANWHILE, NOT_ELIGIBLE, reason_json
from ..policies.rules import Term, next_term
from ..slots.repository import SlotRepository
from .ages import unfit_by_age
from .facts import openings, say_completed, told_of
from .leaving import end_policies
from .refunding import refund_skipped
from .repository import BATCH, IssuingRepository, Span

CHUNK = 500
"""People of one transaction in the consumer."""


async def issue_chunk(
    session: AsyncSession, *, tenant_id: UUID, order_id: UUID, keys: TenantKeys, most: int = CHUNK
) -> bool:
    """Issue policies to the next people of a paid order; False if there was nothing left to do.

    Everything of a chunk is one transaction, so that a person is either still to do, or has a policy and was told.
    """
    repository = IssuingRepository(session, tenant_id)
    order = await repository.order_to_issue(order_id)
    if order is None or order.starts_on is None:
        return False
    pack = await pack_of_version(session, order.pack_version)
    span = await repository.next_span(order, most)
    if span is not None:
        await _deal_with(session, repository, order, pack, span, keys)
    if span is None or span.people < most:
        await _finish(session, repository, order, pack)
    return True


async def _finish(
    session: AsyncSession, repository: IssuingRepository, order: Order, pack: TenantPack
) -> None:
    await refund_skipped(session, repository, order, pack)
    if order.skipped or order.leaving:
        await SlotRepository(session, order.tenant_id).give_back(order)
    order.finish()
    await say_completed(session, order)


async def _deal_with(
    session: AsyncSession,
    repository: IssuingRepository,
    order: Order,
    pack: TenantPack,
    span: Span,
    keys: TenantKeys,
) -> None:
    unfit = await _leave_out_unfit(session, repository, order, pack, span, keys) if span.coming else 0
    issued = await _issue(session, repository, order, pack, span, fit=span.coming - unfit)
    left = 0
    if span.leaving:
        leaving = await repository.people(order, span, action="remove")
        left = await end_policies(session, repository, order, pack, leaving)
    order.count_issued(issued=issued + left, skipped=span.people - issued - left, to=span.to)


async def _leave_out_unfit(
    session: AsyncSession,
    repository: IssuingRepository,
    order: Order,
    pack: TenantPack,
    span: Span,
    keys: TenantKeys,
) -> int:
    """Skip whoever no longer fits by age on the first day of cover; return how many they are."""
    if order.judged_for == order.starts_on:
        return 0
    people = await repository.people(order, span, action="add")
    unfit = await unfit_by_age(session, order, pack.product(order.product_code), people, keys)
    await repository.mark_skipped(list(unfit), outcome="not_eligible", reasons=[reason_json(NOT_ELIGIBLE)])
    return len(unfit)


async def _issue(
    session: AsyncSession,
    repository: IssuingRepository,
    order: Order,
    pack: TenantPack,
    span: Span,
    *,
    fit: int,
) -> int:
    """Issue to the people of a span who come, and return how many got a policy."""
    product, issued = pack.product(order.product_code), 0
    if fit and _may_begin(order):
        terms = _terms(order, product, await repository.ends(order, span, people=fit))
        issued = await _cover(session, repository, order, pack, span, terms)
    if issued < fit:
        reason = COVERED_MEANWHILE if _may_begin(order) else ENDED_MEANWHILE
        outcome = "covered_meanwhile" if _may_begin(order) else "ended_meanwhile"
        await repository.skip_rest(order, span, outcome=outcome, reasons=[reason_json(reason)])
    return issued


async def _cover(
    session: AsyncSession,
    repository: IssuingRepository,
    order: Order,
    pack: TenantPack,
    span: Span,
    terms: Mapping[date | None, Term],
) -> int:
    """Cover the people of a span and say so, both inside the database; return how many."""
    price, told = pack.product(order.product_code).contribution, told_of(order, pack)
    prices = {
        shares: contribution_of(shares=shares, price=price, rounding=pack.rounding) for shares in span.shares
    }
    most = -(-span.coming // BATCH) + len(terms)
    events = ready_rows(openings(order, told, batches=most), order.tenant_id)
    batches = await repository.issue(
        order, span, terms, prices, share_limit=price.share_limit, told=told, events=events
    )
    written = events[: len(batches) * len(events) // most]
    await note_written(session, written, largest=max((batch.largest for batch in batches), default=0))
    return sum(batch.policies for batch in batches)


def _may_begin(order: Order) -> bool:
    """Whether a group's cover still runs when its amendment begins."""
    return order.kind != "amendment" or order.effective_on is not None


def _terms(order: Order, product: Product, ends: Iterable[date | None]) -> dict[date | None, Term]:
    """Return the term that follows each end of cover; ends without one are left out: who has such is covered."""
    starts_on, group_ends_on = order.starts_on or date.max, order.group_ends_on
    terms = {end: next_term(end, starts_on=starts_on, product=product, ends_on=group_ends_on) for end in ends}
    return {end: term for end, term in terms.items() if term is not None}
