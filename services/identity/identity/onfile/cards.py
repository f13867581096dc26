"""Use cases of one's own bank cards (row E.11): add, rename the bank, choose the default, delete."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor, require_confirmed
from common.clock import now
from common.contracts.identity import BankCardChanged
from common.crypto import TenantKeys
from common.events import emit
from common.http import ServiceContext
from common.identifiers import compact_number, mask_bank_card, mask_name

from ..errors import FieldsInvalid
from . import rules
from .errors import AlreadyOnFile, TooMany
from .models import BankCard
from .repository import OnFileRepository
from .schemas import BankCardCreate, BankCardPut, BankCardRead, BankCardsRead
from .service import make_default, own_row, person_of, prefer_newest, writer

CARD, NAME = "person.card", "person.name"


async def add_card(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, asked: BankCardCreate
) -> BankCardRead:
    """Add a card in the member's own name; the first one is the default. ConfirmationNeeded: it may be paid on."""
    person, keys = await writer(session, actor), await context.keyring.for_tenant(session)
    card, bank = compact_number(asked.card_number), asked.bank_name.strip()
    FieldsInvalid.raise_if(rules.card_faults(card=card, bank_name=bank))
    repository = OnFileRepository.of(session)
    if await repository.count(BankCard, person.id) >= rules.MOST_CARDS:
        raise TooMany(most=rules.MOST_CARDS)
    if await repository.same_card(person.id, keys.blinds("card", card)):
        raise AlreadyOnFile
    require_confirmed(actor)
    sealed = keys.sealed(card, context=CARD, kind="card")
    row = repository.add(
        BankCard(
            person_id=person.id, card_sealed=sealed.ciphertext, card_index=sealed.index or "", bank_name=bank,
            holder_sealed=person.name_sealed, is_default=False,
        )
    )  # fmt: skip
    await session.flush()
    await _prefer(session, row, keys, wanted=asked.is_default)
    return read(row, keys)


async def edit_card(
    session: AsyncSession,
    *,
    actor: Actor,
    context: ServiceContext,
    card_id: UUID,
    expected: int,
    asked: BankCardPut,
) -> tuple[BankCard, BankCardRead]:
    """Rename the bank, or let the card be offered first; ConfirmationNeeded for the latter."""
    person, keys = await writer(session, actor), await context.keyring.for_tenant(session)
    row = await own_row(session, BankCard, card_id, person.id, expected=expected)
    if asked.is_default and not row.is_default:
        require_confirmed(actor)
    bank = asked.bank_name.strip()
    FieldsInvalid.raise_if({"bank_name": rules.bank_faults(bank)})
    row.bank_name = bank
    row.touch()
    await _prefer(session, row, keys, wanted=asked.is_default)
    return row, read(row, keys)


async def remove_card(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, card_id: UUID, expected: int
) -> None:
    """Delete a card; the newest of the others is the default then, which asks for a confirmation too."""
    person, keys = await writer(session, actor), await context.keyring.for_tenant(session)
    row = await own_row(session, BankCard, card_id, person.id, expected=expected)
    repository, was_default = OnFileRepository.of(session), row.is_default
    if was_default and await repository.count(BankCard, person.id) > 1:
        require_confirmed(actor)
    await repository.remove(row)
    await session.flush()
    if was_default:
        await prefer_newest(session, BankCard, person.id)
        await session.flush()
        _tell(session, person.id, await repository.default(BankCard, person.id), keys)


async def list_cards(session: AsyncSession, *, actor: Actor, context: ServiceContext) -> BankCardsRead:
    """Return the caller's cards, masked, the default one first."""
    keys = await context.keyring.for_tenant(session)
    rows = await OnFileRepository.of(session).own(BankCard, person_of(actor))
    return BankCardsRead(items=[read(row, keys) for row in sorted(rows, key=lambda r: not r.is_default)])


def read(row: BankCard, keys: TenantKeys) -> BankCardRead:
    """Return a card, masked."""
    return BankCardRead(
        id=row.id,
        version=row.version,
        card_number=mask_bank_card(keys.open(row.card_sealed, context=CARD)),
        bank_name=row.bank_name,
        holder=mask_name(keys.open(row.holder_sealed, context=NAME)),
        is_default=row.is_default,
        created_at=row.created_at,
    )


async def _prefer(session: AsyncSession, row: BankCard, keys: TenantKeys, *, wanted: bool) -> None:
    await make_default(session, row, wanted=wanted)
    await session.flush()
    if row.is_default:
        _tell(session, row.person_id, row, keys)


def _tell(session: AsyncSession, person_id: UUID, card: BankCard | None, keys: TenantKeys) -> None:
    sealed = tail = None
    if card is not None:
        number = keys.open(card.card_sealed, context=CARD)
        sealed = keys.sealed(number, context=CARD, kind="card")
        tail = keys.sealed(number[-4:], context="card.tail")
    emit(
        session,
        BankCardChanged(
            person_id=person_id,
            changed_at=now(),
            card=sealed,
            card_tail=tail,
            bank_name=card.bank_name if card else None,
        ),
    )
