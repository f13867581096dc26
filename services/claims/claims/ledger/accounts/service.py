"""Which bank account a fund has."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.tenancy import current_pack

from .repository import AccountRepository


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Holder, bank and number of an account."""

    holder: str
    bank: str
    number: str


async def payer_of(session: AsyncSession, *, tenant_id: UUID, fund: str) -> BankAccount:
    """Return the account that a fund pays from: the one agreed on last, else the pack's."""
    row = await AccountRepository(session, tenant_id).current(fund)
    if row is not None:
        return BankAccount(row.holder, row.bank, row.number)
    account = (await current_pack(session)).account
    return BankAccount(account.holder, account.bank, account.number)
