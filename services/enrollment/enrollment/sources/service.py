"""Use cases: put members or last term's people on an order, and check everybody on it again."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.clock import today
from common.contracts.pack.products import RenewalWindow
from common.http import ServiceContext
from common.tenancy import pack_of_version

from ..copies.models import PersonCopy
from ..imports.checking import Placed, RosterCheck, Source
from ..imports.pool import Lane
from ..imports.tasks import KnownRow
from ..orders.models import Order
from ..people.context import check_context, expected_start
from ..people.models import OrderPerson
from ..people.reasons import still_open
from ..people.repository import Counts, PeopleRepository
from ..people.service import NO_FILE_LIMIT, order_of
from ..policies.models import Policy
from ..spans import require_span
from .repository import SourceRepository
from .schemas import FromLastTerm, FromRegister


async def add_members(
    context: ServiceContext,
    session: AsyncSession,
    *,
    lane: Lane,
    actor: Actor,
    order_id: UUID,
    body: FromRegister,
) -> Placed:
    """Put confirmed members of the unit on a draft, straight from the admission list (row D.04)."""
    order = await order_of(session, actor=actor, order_id=order_id, draft=True)
    check = await check_context(session, order, most_bytes=NO_FILE_LIMIT)
    only_uncovered = body.person_ids is None and body.uncovered_only
    members = await SourceRepository(session, actor.tenant_id).members(
        order, ids=body.person_ids, uncovered_from=check.blocks if only_uncovered else None
    )
    rows = tuple(_member_row(member) for member in members)
    return await _place(context, session, lane, actor, order, rows, amount=body.amount)


async def add_last_term(
    context: ServiceContext,
    session: AsyncSession,
    *,
    lane: Lane,
    actor: Actor,
    order_id: UUID,
    body: FromLastTerm,
) -> Placed:
    """Renew the people of the last term unchanged 批量续转: who ends in the renewal window and is not renewed yet."""
    require_span(body.ends_from, body.ends_until)
    order = await order_of(session, actor=actor, order_id=order_id, draft=True)
    pack = await pack_of_version(session, order.pack_version)
    product = pack.product(order.product_code)
    window = product.renewal or RenewalWindow(before_days=0, after_days=0)
    start = expected_start(order, product)
    policies = await SourceRepository(session, actor.tenant_id).last_term(
        order,
        ends_from=body.ends_from or today() - timedelta(days=window.after_days),
        ends_until=body.ends_until or max(start, today()) + timedelta(days=window.before_days),
    )
    latest = {policy.person_id: policy for policy in sorted(policies, key=lambda row: row.ends_on)}
    rows = tuple(_policy_row(policy) for policy in latest.values())
    return await _place(context, session, lane, actor, order, rows, amount=body.amount)


async def count_people(session: AsyncSession, *, actor: Actor, order_id: UUID) -> Counts:
    """Return how many people stand on an order: to be insured, not insurable, to be taken off."""
    return await PeopleRepository(session, actor.tenant_id).counts(order_id)


async def check_again(
    context: ServiceContext, session: AsyncSession, *, lane: Lane, actor: Actor, order: Order
) -> Placed:
    """Judge everybody on a draft again by all rules: its first day changed, or something about its people.

    What was wrong in the sheet alone, and is not kept with a row, stays until it is corrected.
    """
    repository = SourceRepository(session, actor.tenant_id)
    people = await repository.on_order(order)
    kept = {person.id: kept for person in people if (kept := still_open(person.reasons))}
    check = await check_context(session, order, most_bytes=NO_FILE_LIMIT)
    rows = tuple(_order_row(person) for person in people)
    source = Source(order.id, rows=rows)
    await session.flush()
    placed = await RosterCheck(context, actor, check).run_rows(session, lane, source, again=True)
    if kept:
        found = await repository.reasons(list(kept))
        refused = {row: [*found[row], *open_still] for row, open_still in kept.items()}
        await PeopleRepository(session, actor.tenant_id).refuse_people(refused)
    order.touch()
    return placed


async def _place(
    context: ServiceContext,
    session: AsyncSession,
    lane: Lane,
    actor: Actor,
    order: Order,
    rows: tuple[KnownRow, ...],
    *,
    amount: Decimal | None,
) -> Placed:
    check = await check_context(session, order, most_bytes=NO_FILE_LIMIT, amount=amount)
    placed = await RosterCheck(context, actor, check).run_rows(session, lane, Source(order.id, rows=rows))
    order.touch()
    return placed


def _member_row(member: PersonCopy) -> KnownRow:
    sealed = {"name": member.name_token, "id_number": member.document_token, "mobile": member.mobile_token}
    return KnownRow(sealed, {"member_number": member.member_number or ""})


def _policy_row(policy: Policy) -> KnownRow:
    sealed = {
        "name": policy.name_token,
        "id_number": policy.document_token,
        "mobile": policy.mobile_token,
        "social_card": policy.card_token,
    }
    return KnownRow(sealed, {"bank_name": policy.bank_name or "", "shares": str(policy.shares)})


def _order_row(person: OrderPerson) -> KnownRow:
    sealed = {
        "name": person.name_token,
        "id_number": person.document_token,
        "mobile": person.mobile_token,
        "social_card": person.card_token,
        "note": person.note_token,
    }
    plain = {"bank_name": person.bank_name or "", "shares": str(person.shares or "")}
    return KnownRow(sealed, plain, id=person.id, sheet_row=person.sheet_row or 0)
