"""Issues the policies of a paid order, chunk by chunk; stopped anywhere, it goes on where it was."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.contracts.pack import Product, TenantPack
from common.crypto import TenantKeys
from common.events.outbox import note_written, ready_rows
from common.tenancy import pack_of_version

from ..orders.models import Order
from ..orders.rules import contribution_of
from ..people.reasons import COVERED_MEANWHILE, ENDED_MEANWHILE, NOT_ELIGIBLE, reason_json
from ..policies.rules import Term, next_term
from ..renewals.listing import take_in
from ..slots.repository import SlotRepository
from .ages import unfit_by_age
from .facts import openings, say_completed, told_of
from .lanes import IssuingLane
from .leaving import end_policies
from .refunding import refund_skipped, refund_surplus
from .repository import BATCH, Batch, IssuingRepository, PaidOrderRepository, Place, Span

CHUNK = 500
"""People of one transaction in the consumer."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """What one transaction issues: the people of a span of an order."""

    session: AsyncSession
    order: Order
    pack: TenantPack
    span: Span

    @property
    def people(self) -> IssuingRepository:
        """The people and their policies."""
        return IssuingRepository(self.session, self.order.tenant_id)

    @property
    def product(self) -> Product:
        """The order's product, as its pack has it."""
        return self.pack.product(self.order.product_code)


async def issue_chunk(
    session: AsyncSession, *, tenant_id: UUID, order_id: UUID, keys: TenantKeys, most: int = CHUNK
) -> bool:
    """Issue policies to the next people of a paid order; False if there was nothing to do, or another does it."""
    if not await PaidOrderRepository(session, tenant_id).take(order_id):
        return False
    return await issue_span(session, tenant_id=tenant_id, order_id=order_id, keys=keys, most=most)


async def issue_span(
    session: AsyncSession,
    *,
    tenant_id: UUID,
    order_id: UUID,
    keys: TenantKeys,
    most: int,
    lane: IssuingLane | None = None,
) -> bool:
    """Issue policies to the people of a paid order in a lane (none: from where it stands); False if it is over.

    Everything of a span is one transaction, so that a person is either still to do, or has a policy and was told. The
    order is locked at the end only: the next span may be issued meanwhile, from the place that is told before this one
    is issued. Overtaken if the order does not come to stand at the place. Only who has taken the order may do this.
    """
    orders = PaidOrderRepository(session, tenant_id)
    order = await orders.paid_order(order_id)
    if order is None or order.starts_on is None:
        return False
    place = (lane and lane.place) or orders.place_of(order)
    span = await IssuingRepository(session, tenant_id).next_span(order, place.after, most)
    pack = await pack_of_version(session, order.pack_version)
    if span is None:
        await _hold(orders, order, place, lane)
    else:
        if lane is not None and span.people == most:
            lane.tell(Place(span.to, place.issued + span.people))
        await _deal_with(Chunk(session, order, pack, span), place, keys, lane)
    if span is None or span.people < most:
        await _finish(session, order, pack)
    return True


async def _finish(session: AsyncSession, order: Order, pack: TenantPack) -> None:
    repository = IssuingRepository(session, order.tenant_id)
    await refund_skipped(session, repository, order, pack)
    await refund_surplus(session, repository, order, pack)
    if order.skipped or order.leaving:
        await SlotRepository(session, order.tenant_id).give_back(order)
    order.finish()
    await take_in(session, order)
    await say_completed(session, order)


async def _hold(orders: PaidOrderRepository, order: Order, place: Place, lane: IssuingLane | None) -> None:
    if lane is not None:
        await lane.turn()
    await orders.hold(order, place)


async def _deal_with(chunk: Chunk, place: Place, keys: TenantKeys, lane: IssuingLane | None) -> None:
    """Issue to who comes; then, behind the order's lock, end the policies of who leaves, and count."""
    order, span, at = chunk.order, chunk.span, now()
    unfit = await _leave_out_unfit(chunk, keys) if span.coming else 0
    batches = await _issue(chunk, place, fit=span.coming - unfit, at=at)
    await _hold(PaidOrderRepository(chunk.session, order.tenant_id), order, place, lane)
    await chunk.people.count(order, batches, at=at)
    for batch in batches:
        order.note_cover(batch.starts_on, batch.ends_on)
    dealt_with = sum(batch.policies for batch in batches)
    if span.leaving:
        leaving = await chunk.people.people(order, span, action="remove")
        dealt_with += await end_policies(chunk.session, chunk.people, order, chunk.pack, leaving)
    order.count_issued(issued=dealt_with, skipped=span.people - dealt_with, to=span.to)


async def _leave_out_unfit(chunk: Chunk, keys: TenantKeys) -> int:
    """Skip whoever no longer fits by age on the first day of cover; return how many they are."""
    order = chunk.order
    if order.judged_for == order.starts_on:
        return 0
    people = await chunk.people.people(order, chunk.span, action="add")
    unfit = await unfit_by_age(chunk.session, order, chunk.product, people, keys)
    reasons = [reason_json(NOT_ELIGIBLE)]
    await chunk.people.mark_skipped(list(unfit), outcome="not_eligible", reasons=reasons)
    return len(unfit)


async def _issue(chunk: Chunk, place: Place, *, fit: int, at: datetime) -> list[Batch]:
    """Issue to the people of a span who come, and return their policies in batches."""
    order, span, batches = chunk.order, chunk.span, list[Batch]()
    if fit and _may_begin(order):
        terms = _terms(order, chunk.product, await chunk.people.ends(order, span, people=fit))
        batches = await _cover(chunk, place, terms, at=at)
    if sum(batch.policies for batch in batches) < fit:
        reason = COVERED_MEANWHILE if _may_begin(order) else ENDED_MEANWHILE
        outcome = "covered_meanwhile" if _may_begin(order) else "ended_meanwhile"
        await chunk.people.skip_rest(order, span, outcome=outcome, reasons=[reason_json(reason)])
    return batches


async def _cover(
    chunk: Chunk, place: Place, terms: Mapping[date | None, Term], *, at: datetime
) -> list[Batch]:
    """Cover the people of a span and say so, both inside the database."""
    order, span, price = chunk.order, chunk.span, chunk.product.contribution
    told, rounding = told_of(order, chunk.pack), chunk.pack.rounding
    prices = {
        shares: contribution_of(shares=shares, price=price, rounding=rounding) for shares in span.shares
    }
    most = -(-span.coming // BATCH) + len(terms)
    events = ready_rows(openings(order, told, batches=most), order.tenant_id)
    batches = await chunk.people.issue(
        order, span, terms, prices, at=at, placed=place.issued, share_limit=price.share_limit, told=told, events=events
    )  # fmt: skip
    written = events[: len(batches) * len(events) // most]
    await note_written(chunk.session, written, largest=max((batch.largest for batch in batches), default=0))
    return batches


def _may_begin(order: Order) -> bool:
    """Whether a group's cover still runs when its amendment begins."""
    return order.kind != "amendment" or order.effective_on is not None


def _terms(order: Order, product: Product, ends: Iterable[date | None]) -> dict[date | None, Term]:
    """Return the term that follows each end of cover; ends without one are left out: who has such is covered."""
    starts_on, group_ends_on = order.starts_on or date.max, order.group_ends_on
    terms = {end: next_term(end, starts_on=starts_on, product=product, ends_on=group_ends_on) for end in ends}
    return {end: term for end, term in terms.items() if term is not None}
