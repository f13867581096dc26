"""Use cases of a reader of the audit log: whom an id stands for, what a code is called."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.crypto import TenantKeys
from common.identifiers import mask_name
from common.tenancy import current_pack

from ..accounts.models import Account
from ..members.models import Person
from .repository import AuditingRepository
from .schemas import CodesRead, NamesRead, PersonNamed


async def name_people(session: AsyncSession, *, ids: Sequence[str], keys: TenantKeys) -> NamesRead:
    """Return who the ids of accounts and persons stand for, closed and erased ones too."""
    wanted = [found for one in ids if (found := _id(one))]
    repository = AuditingRepository.of(session)
    accounts = await repository.accounts(wanted)
    people = {person.id: person for person in await repository.people([*wanted, *_of(accounts)])}
    units = await repository.unit_names([account.unit_id for account in accounts if account.unit_id])
    items = [_account(one, people, units, keys) for one in accounts]
    items += [_member(str(one.id), one, keys) for one in people.values() if one.id in wanted]
    return NamesRead(items=items)


async def read_codes(session: AsyncSession) -> CodesRead:
    """Return the titles of the union's roles, nodes, products and branches."""
    pack = await current_pack(session)
    return CodesRead(
        roles={role.code: role.title.text().in_language() for role in pack.roles},
        nodes={
            node.code: node.title.text().in_language()
            for _, chain in pack.chains.each()
            for node in chain.nodes
        },
        products={one.code: one.title.text().in_language() for one in pack.products},
        branches=await AuditingRepository.of(session).branch_names(),
    )


def _of(accounts: Iterable[Account]) -> list[UUID]:
    return [account.person_id for account in accounts if account.person_id]


def _account(
    account: Account, people: dict[UUID, Person], units: dict[UUID, str], keys: TenantKeys
) -> PersonNamed:
    person = people.get(account.person_id) if account.person_id else None
    if account.kind == "member":
        return _member(str(account.id), person, keys)
    name = keys.open(account.name_sealed, context="person.name") if account.name_sealed else ""
    return PersonNamed.model_validate(
        {
            "id": str(account.id),
            "kind": account.kind,
            "name": name if account.kind == "staff" else mask_name(name),
            "user_name": account.user_name,
            "unit": units.get(account.unit_id) if account.unit_id else None,
            "number": None,
        }
    )


def _member(shown_id: str, person: Person | None, keys: TenantKeys) -> PersonNamed:
    name = keys.open(person.name_sealed, context="person.name") if person and not person.is_erased else ""
    number = person.member_number if person else None
    return PersonNamed(
        id=shown_id, kind="member", name=mask_name(name), user_name=None, unit=None, number=number
    )


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
