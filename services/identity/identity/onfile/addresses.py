"""Use cases of addresses (row E.11): add, edit, delete."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.crypto import TenantKeys
from common.http import ServiceContext
from common.identifiers import compact_number, mask_mobile, mask_name

from ..errors import FieldsInvalid
from . import rules
from .errors import TooMany
from .models import Address
from .repository import OnFileRepository
from .schemas import AddressesRead, AddressPut, AddressRead
from .service import make_default, own_row, person_of, prefer_newest, writer

RECIPIENT, MOBILE, DETAIL = "address.recipient", "person.mobile", "address.detail"


async def add_address(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, asked: AddressPut
) -> AddressRead:
    """Add an address; the first one is the default."""
    person, keys = await writer(session, actor), await context.keyring.for_tenant(session)
    repository = OnFileRepository.of(session)
    if await repository.count(Address, person.id) >= rules.MOST_ADDRESSES:
        raise TooMany(most=rules.MOST_ADDRESSES)
    row = repository.add(Address(person_id=person.id, is_default=False, **_sealed(asked, keys)))
    await session.flush()
    await make_default(session, row, wanted=asked.is_default)
    await session.flush()
    return read(row, keys)


async def edit_address(
    session: AsyncSession,
    *,
    actor: Actor,
    context: ServiceContext,
    address_id: UUID,
    expected: int,
    asked: AddressPut,
) -> tuple[Address, AddressRead]:
    """Replace an address."""
    person, keys = await writer(session, actor), await context.keyring.for_tenant(session)
    row = await own_row(session, Address, address_id, person.id, expected=expected)
    for name, value in _sealed(asked, keys).items():
        setattr(row, name, value)
    row.touch()
    await make_default(session, row, wanted=asked.is_default)
    await session.flush()
    return row, read(row, keys)


async def remove_address(session: AsyncSession, *, actor: Actor, address_id: UUID, expected: int) -> None:
    """Delete an address; the newest of the others is the default then."""
    person_id = person_of(actor)
    row = await own_row(session, Address, address_id, person_id, expected=expected)
    await OnFileRepository.of(session).remove(row)
    await session.flush()
    await prefer_newest(session, Address, person_id)


async def list_addresses(session: AsyncSession, *, actor: Actor, context: ServiceContext) -> AddressesRead:
    """Return the caller's addresses, the default one first."""
    keys = await context.keyring.for_tenant(session)
    rows = await OnFileRepository.of(session).own(Address, person_of(actor))
    return AddressesRead(items=[read(row, keys) for row in sorted(rows, key=lambda r: not r.is_default)])


def read(row: Address, keys: TenantKeys) -> AddressRead:
    """Return an address; the place in full, for its owner has to tell addresses apart."""
    return AddressRead(
        id=row.id,
        version=row.version,
        recipient=mask_name(keys.open(row.recipient_sealed, context=RECIPIENT)),
        mobile=mask_mobile(keys.open(row.mobile_sealed, context=MOBILE)),
        region=row.region,
        detail=keys.open(row.detail_sealed, context=DETAIL),
        postcode=row.postcode,
        is_default=row.is_default,
        created_at=row.created_at,
    )


def _sealed(asked: AddressPut, keys: TenantKeys) -> dict[str, str | None]:
    recipient, mobile = asked.recipient.strip(), compact_number(asked.mobile)
    region, detail = asked.region.strip(), asked.detail.strip()
    postcode = compact_number(asked.postcode or "") or None
    FieldsInvalid.raise_if(
        rules.address_faults(
            recipient=recipient, mobile=mobile, region=region, detail=detail, postcode=postcode
        )
    )
    return {
        "recipient_sealed": keys.seal(recipient, context=RECIPIENT),
        "mobile_sealed": keys.seal(mobile, context=MOBILE),
        "region": region,
        "detail_sealed": keys.seal(detail, context=DETAIL),
        "postcode": postcode,
    }
