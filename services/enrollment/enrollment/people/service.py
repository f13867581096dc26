"""Use cases of the people on an order: look, add one, delete, check again."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.clock import now
from common.contracts.pack import Product
from common.crypto import TenantKeys
from common.errors import NotFound
from common.http import Cursor
from common.identifiers import compact_number, plain_name, plain_number
from common.ids import new_id
from common.tenancy import pack_of_version
from common.text import language

from ..orders.models import Order, OrderStatus
from ..orders.repository import OrderRepository
from ..policies.rules import covered_until_blocks
from ..register.known import KnownPerson, KnownRegister, candidate, entry_of
from ..register.repository import KnowledgeRepository
from ..rosters import Reason, RosterRow, RosterRules, check_row
from ..rosters.register import register_reasons
from .context import check_context, expected_start
from .errors import ChooseWhom, PersonNotInsurable
from .models import OrderPerson
from .reasons import ALREADY_ON_ORDER, reason_json
from .repository import Changed, Counts, PeopleRepository
from .schemas import PeopleSearch, PersonCreate
from .sealing import DOCUMENT_KIND, seal_person

NO_FILE_LIMIT = 0
FORM_FIELDS = {
    "name": "name",
    "id_number": "document_number",
    "social_card": "bank_card",
    "bank_name": "bank_name",
    "mobile": "mobile",
    "note": "note",
    "sex": "sex",
    "member_number": "member_number",
    "staff_number": "staff_number",
    "department": "department",
}
"""Field of the roster's rules → field of the form."""


async def order_of(session: AsyncSession, *, actor: Actor, order_id: UUID, draft: bool = False) -> Order:
    """Return an order in the caller's scope; `draft` locks it and asks that it is one still."""
    order = await OrderRepository(session, actor.tenant_id).visible(actor, order_id, lock=draft)
    if order is None:
        raise NotFound
    if draft:
        order.require(OrderStatus.DRAFT)
    return order


async def list_people(
    session: AsyncSession,
    *,
    actor: Actor,
    order_id: UUID,
    keys: TenantKeys,
    cursor: Cursor,
    search: PeopleSearch,
) -> Sequence[OrderPerson]:
    """Return a page of an order's people, one more than it holds."""
    order = await order_of(session, actor=actor, order_id=order_id)
    number, name = search.document_number, search.name
    return await PeopleRepository(session, actor.tenant_id).page(
        order.id,
        cursor,
        insurable=search.insurable,
        document_indexes=keys.blinds("document", plain_number(number).upper()) if number else None,
        name_indexes=keys.blinds("name", plain_name(name).strip()) if name else None,
    )


async def add_person(
    session: AsyncSession, *, actor: Actor, order_id: UUID, keys: TenantKeys, body: PersonCreate
) -> OrderPerson:
    """Add one person by form; PersonNotInsurable with every reason, by the same rules as a roster's row."""
    order = await order_of(session, actor=actor, order_id=order_id, draft=True)
    check = await check_context(session, order, most_bytes=NO_FILE_LIMIT)
    row = form_row(body)
    asked = candidate(keys, row["id_number"].upper())
    knowledge = KnowledgeRepository(session, actor.tenant_id)
    known = await knowledge.known([asked], order_id=order.id, product=check.product.code, blocks=check.blocks)
    register = KnownRegister(known, keys)
    person_id = register.person_id(row["id_number"])
    repository = PeopleRepository(session, actor.tenant_id)
    reasons = check_row(row, check.rules, register.find({row["id_number"].upper()}))
    if not reasons and await repository.is_on_order(order.id, person_id):
        reasons = [ALREADY_ON_ORDER]
    if reasons:
        raise PersonNotInsurable(errors=[form_error(reason) for reason in reasons])
    person = OrderPerson(
        id=new_id(),
        created_at=now(),
        order_id=order.id,
        shares=body.shares,
        insurable=True,
        reasons=[],
        document_kind=DOCUMENT_KIND,
        **seal_person(keys, row.values, person_id=person_id)._asdict(),
    )
    order.touch()
    return repository.add(person)


def form_row(body: PersonCreate) -> RosterRow:
    """Return a form's values as a row of a roster, in the plain form that a sheet's cells get."""
    values = {field: getattr(body, source).strip() for field, source in FORM_FIELDS.items()}
    values["name"] = plain_name(body.name)
    values["id_number"] = plain_number(body.document_number)
    values["social_card"] = compact_number(body.bank_card)
    values["mobile"] = compact_number(body.mobile)
    return RosterRow(0, values | {"shares": str(body.shares)})


def form_error(reason: Reason) -> dict[str, str]:
    """Return a reason as an entry of a problem's `errors`."""
    chosen = language.get()
    field = FORM_FIELDS.get(reason.field, reason.field)
    return {
        "field": field,
        "code": reason.code,
        "message": reason.message.in_language(chosen),
        "advice": reason.advice.in_language(chosen),
    }


async def delete_people(
    session: AsyncSession,
    *,
    actor: Actor,
    order_id: UUID,
    ids: list[UUID] | None,
    everybody: bool,
    insurable: bool | None,
) -> tuple[Counts, int]:
    """Take people off a draft: those ticked, or all (of one kind); return who is left and how many went."""
    if (ids is None) == (not everybody):
        raise ChooseWhom
    order = await order_of(session, actor=actor, order_id=order_id, draft=True)
    repository = PeopleRepository(session, actor.tenant_id)
    removed = await repository.delete_people(order.id, ids=ids, insurable=insurable if everybody else None)
    await repository.forget_empty_imports(order.id)
    order.touch()
    return await repository.counts(order.id), removed


async def recheck_people(session: AsyncSession, *, actor: Actor, order_id: UUID) -> tuple[Counts, int]:
    """Look again whether people of a draft got covered or put on another order since they were checked."""
    order = await order_of(session, actor=actor, order_id=order_id, draft=True)
    pack = await pack_of_version(session, order.pack_version)
    changed = await flag_changed_people(session, order=order, product=pack.product(order.product_code))
    return await PeopleRepository(session, actor.tenant_id).counts(order.id), changed


async def flag_changed_people(session: AsyncSession, *, order: Order, product: Product) -> int:
    """Make the people of an order not insurable whom another order got meanwhile; return how many."""
    repository = PeopleRepository(session, order.tenant_id)
    check = await check_context(session, order, most_bytes=NO_FILE_LIMIT)
    blocks = covered_until_blocks(starts_on=expected_start(order, product), product=product)
    changed = await repository.changed(order.id, product=product.code, blocks=blocks)
    await repository.refuse_people({row.id: _why(row, check.rules) for row in changed})
    if changed:
        order.touch()
    return len(changed)


def _why(row: Changed, rules: RosterRules) -> list[dict[str, object]]:
    known = KnownPerson(
        person_id=row.id, member=True, covered_until=_text(row.covered_until), order=row.order
    )
    reasons = register_reasons(entry_of(known, None), rules, id_number="", name="", shares=0)
    return [reason_json(reason) for reason in reasons]


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None
