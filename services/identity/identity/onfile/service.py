"""What every use case here needs: the member behind the caller, consent, one's own row, the default."""

from typing import TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.errors import NotFound
from common.http import check_version

from ..accounts.repository import AccountRepository
from ..accounts.service import consent_due
from ..binding.unbinding import own_account
from ..members.models import Person
from .errors import ConsentDue, ConsentNeeded
from .models import Address, BankCard, FiledDocument, FrequentApplicant
from .repository import OnFileRepository

Owned = TypeVar("Owned", FiledDocument, FrequentApplicant, BankCard, Address)
Preferred = TypeVar("Preferred", BankCard, Address)


def person_of(actor: Actor) -> UUID:
    """Return whose rows the caller reads; NotFound for who is no member."""
    if actor.person_id is None:
        raise NotFound
    return actor.person_id


async def writer(session: AsyncSession, actor: Actor) -> Person:
    """Return the caller as a person, locked, so that limits hold; ConsentNeeded, ConsentDue for a new statement."""
    account, person = await own_account(session, actor)
    if await consent_due(session, account):
        given = await AccountRepository.of(session).newest_consent(account.id, "privacy")
        raise ConsentNeeded if given is None else ConsentDue
    return person


async def own_row(
    session: AsyncSession, model: type[Owned], row_id: UUID, person_id: UUID, *, expected: int | None = None
) -> Owned:
    """Lock and return one of the caller's rows; NotFound, PreconditionFailed."""
    row = await OnFileRepository.of(session).one(model, row_id, person_id)
    if row is None:
        raise NotFound
    if expected is not None:
        check_version(row, expected)
    return row


async def prefer_newest(session: AsyncSession, model: type[Preferred], person_id: UUID) -> None:
    """Let the newest row be offered first where none is any more."""
    repository = OnFileRepository.of(session)
    if await repository.default(model, person_id) is None:
        rows = await repository.own(model, person_id)
        if rows:
            rows[0].set_default(True)


async def make_default(session: AsyncSession, row: BankCard | Address, *, wanted: bool) -> None:
    """Let a row be offered first, and the one before no more; the default stays until another is chosen."""
    current = await OnFileRepository.of(session).default(type(row), row.person_id)
    if current is None:
        row.set_default(True)
    elif wanted and current.id != row.id:
        current.set_default(False)
        await session.flush()
        row.set_default(True)
