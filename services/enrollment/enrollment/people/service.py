"""Use cases of the people on an order: look, add one, delete, check again."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.clock import now
from common.crypto import TenantKeys
from common.errors import NotFound
from common.http import Cursor
from common.identifiers import (
    compact_number,
    mask_document_number,
    mask_mobile,
    mask_name,
    plain_name,
    plain_number,
)
from common.ids import new_id
from common.tenancy import pack_of_version
from common.text import language

from ..copies.repository import CopyRepository
from ..orders.models import Order, OrderStatus
from ..orders.repository import OrderRepository
from ..register.known import Candidates, KnownRegister
from ..register.repository import KnowledgeRepository
from ..rosters import Reason, RosterRow, check_row
from ..rosters.reasons import SEX_UNREADABLE
from ..rosters.rules import SEX_WORDS
from .cards import same_cards
from .context import check_context
from .drafts import notice_of
from .errors import ChooseWhom, PersonNotInsurable, PersonUnknown, TypeTheWords
from .mended import MendedRepository, mended_rows
from .models import OrderPerson
from .reading import opened, read_reason
from .reasons import ALREADY_ON_ORDER, identified, reason_json, still_open
from .repository import Counts, PeopleRepository
from .schemas import PeopleSearch, PersonCreate, PersonEdit, PersonFound, PersonLookUp
from .sealing import DOCUMENT, MOBILE, NAME, seal_person

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


class Judged(NamedTuple):
    """Every reason against a row, the id of the person, and the kind of document the register has them by."""

    reasons: list[Reason]
    person_id: UUID
    document_kind: str


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
) -> tuple[Sequence[OrderPerson], dict[UUID, str]]:
    """Return a page of an order's people, one more than it holds, and what there is to tell of some of them."""
    order = await order_of(session, actor=actor, order_id=order_id)
    number, name = search.document_number, search.name
    people = await PeopleRepository(session, actor.tenant_id).page(
        order.id,
        cursor,
        insurable=search.insurable,
        document_indexes=keys.blinds("document", plain_number(number).upper()) if number else None,
        name_indexes=keys.blinds("name", plain_name(name).strip()) if name else None,
        member_number=plain_number(search.member_number) if search.member_number else None,
    )
    same, mended = [await told(session, order, people, keys) for told in (same_cards, mended_rows)]
    return people, same | mended


async def add_person(
    session: AsyncSession, *, actor: Actor, order_id: UUID, keys: TenantKeys, body: PersonCreate
) -> tuple[OrderPerson, str | None]:
    """Add one person by form, and return what there is to tell; PersonNotInsurable with every reason, as of a roster.

    A member number or an ID number alone is enough where the register knows the person (row D.04).
    """
    order = await order_of(session, actor=actor, order_id=order_id, draft=True)
    row = await filled(session, order.tenant_id, keys, form_row(body))
    reasons, person_id, kind = await judge(session, order, keys, row)
    reasons += _unreadable_sex(row)
    if reasons:
        raise PersonNotInsurable(errors=[form_error(reason) for reason in reasons])
    person = OrderPerson(
        id=new_id(),
        created_at=now(),
        order_id=order.id,
        shares=body.shares,
        insurable=True,
        reasons=[],
        document_kind=kind,
        **seal_person(keys, row.values, person_id=person_id)._asdict(),
    )
    order.touch()
    PeopleRepository(session, actor.tenant_id).add(person)
    await session.flush()
    same = await same_cards(session, order, [person], keys)
    notices = [await notice_of(session, order, person_id), same.get(person.id)]
    return person, " ".join(filter(None, notices)) or None


async def judge(
    session: AsyncSession, order: Order, keys: TenantKeys, row: RosterRow, *, own_id: UUID | None = None
) -> Judged:
    """Return what is found about a row on an order. `own_id`: the row it stands in."""
    check = await check_context(session, order, most_bytes=NO_FILE_LIMIT)
    asked = Candidates.of(keys, [row["id_number"].upper()])
    knowledge = KnowledgeRepository(session, order.tenant_id)
    known = await knowledge.known(
        asked,
        order_id=order.id,
        product=check.product.code,
        blocks=check.blocks,
        count_shares=check.product.contribution.share_limit > 1,
    )
    register = KnownRegister(known, keys)
    person_id = register.person_id(row["id_number"].upper())
    number = row["id_number"].upper()
    reasons = check_row(row, check.rules, register.find({number}))
    people = PeopleRepository(session, order.tenant_id)
    if not reasons and await people.is_on_order(order.id, person_id, but=own_id):
        reasons = [ALREADY_ON_ORDER]
    return Judged(reasons, person_id, register.document_kind(number))


async def filled(session: AsyncSession, tenant_id: UUID, keys: TenantKeys, row: RosterRow) -> RosterRow:
    """Return a form's row with what the register knows; PersonUnknown for a member number that nobody has."""
    if row["name"]:
        return row
    person = await CopyRepository(session, tenant_id).known_person(
        member_number=row["member_number"] or None,
        indexes=keys.blinds("document", row["id_number"].upper()) if row["id_number"] else (),
    )
    if person is None:
        if row["member_number"]:
            raise PersonUnknown
        return row
    values = dict(row.values)
    values["name"] = keys.open(person.name_token, context=NAME)
    values["member_number"] = row["member_number"] or person.member_number or ""
    values["id_number"] = row["id_number"] or keys.open(person.document_token, context=DOCUMENT)
    if person.mobile_token and not row["mobile"]:
        values["mobile"] = keys.open(person.mobile_token, context=MOBILE)
    return RosterRow(0, values)


async def look_up(
    session: AsyncSession, *, actor: Actor, order_id: UUID, keys: TenantKeys, body: PersonLookUp
) -> PersonFound:
    """Show what the register has of a person, masked, and what speaks against covering them by this order."""
    order = await order_of(session, actor=actor, order_id=order_id)
    form = PersonCreate(document_number=body.document_number, member_number=body.member_number)
    asked = form_row(form)
    row = await filled(session, order.tenant_id, keys, asked)
    check = await check_context(session, order, most_bytes=NO_FILE_LIMIT)
    reasons, person_id, _ = await judge(session, order, keys, row)
    stored = [reason_json(reason, check.rules, row["id_number"]) for reason in reasons]
    return PersonFound(
        known=row is not asked,
        name=mask_name(row["name"]),
        document_number=mask_document_number(row["id_number"]),
        mobile=mask_mobile(row["mobile"]),
        member_number=row["member_number"] or None,
        insurable=not reasons,
        reasons=[read_reason(reason) for reason in stored],
        notice=await notice_of(session, order, person_id),
    )


async def edit_person(
    session: AsyncSession,
    *,
    actor: Actor,
    order_id: UUID,
    person_row: UUID,
    keys: TenantKeys,
    body: PersonEdit,
) -> OrderPerson:
    """Correct a person of a draft in place and judge again; the row keeps its place, insurable or not."""
    order = await order_of(session, actor=actor, order_id=order_id, draft=True)
    person = await PeopleRepository(session, actor.tenant_id).person(order.id, person_row)
    if person is None or person.action != "add":
        raise NotFound
    check = await check_context(session, order, most_bytes=NO_FILE_LIMIT)
    row = edited_row(person, keys, body)
    reasons, person_id, person.document_kind = await judge(session, order, keys, row, own_id=person.id)
    reasons += _unreadable_sex(row)
    known = identified(reason.code for reason in reasons)
    sealed = seal_person(keys, row.values, person_id=person_id if known else None)
    for name, value in sealed._asdict().items():
        setattr(person, name, value)
    person.shares = body.shares or person.shares
    kept = still_open(person.reasons, body.model_dump(exclude_none=True))
    person.reasons = [*(reason_json(reason, check.rules, row["id_number"]) for reason in reasons), *kept]
    person.insurable = not person.reasons
    order.touch()
    return person


def _unreadable_sex(row: RosterRow) -> list[Reason]:
    return [SEX_UNREADABLE] if row["sex"] and row["sex"].lower() not in SEX_WORDS else []


def edited_row(person: OrderPerson, keys: TenantKeys, body: PersonEdit) -> RosterRow:
    """Return a person's values with the corrections, as a form's row."""
    values = opened(person, keys)
    before = PersonCreate(
        name=values.name,
        document_number=values.document,
        bank_card=values.card,
        bank_name=person.bank_name or "",
        mobile=values.mobile,
        note=values.note,
        shares=person.shares or 1,
    )
    return form_row(before.model_copy(update=body.model_dump(exclude_none=True)))


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
    mended: bool = False,
    words: str = "",
) -> tuple[Counts, int]:
    """Take people off a draft: those ticked, all (of one kind), or the refused rows of who is insurable by now.

    Returns who is left and how many went. Where the pack asks for it, all go only when its words were typed (row D.10).
    """
    if (ids is not None) + everybody + mended != 1:
        raise ChooseWhom
    order = await order_of(session, actor=actor, order_id=order_id, draft=True)
    ids = list(await MendedRepository(session, actor.tenant_id).rows(order.id)) if mended else ids
    asked = (await pack_of_version(session, order.pack_version)).registration.delete_all_words
    if everybody and asked and words.strip() != asked:
        raise TypeTheWords(words=asked)
    repository = PeopleRepository(session, actor.tenant_id)
    removed = await repository.delete_people(order.id, ids=ids, insurable=insurable if everybody else None)
    await repository.note_empty_imports(order.id)
    order.touch()
    return await repository.counts(order.id), removed
