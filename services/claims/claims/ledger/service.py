"""Use cases of the ledger: book what happened, read the books."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.clock import now
from common.errors import NotFound
from common.http import Cursor, Page
from common.tenancy import current_pack

from .accounts.repository import AccountRepository
from .accounts.service import payer_of
from .models import LedgerEntry
from .repository import LedgerRepository
from .rules import Account, Balance, Movement
from .schemas import BankAccountRead, EntryRead, FundAccountRead, FundRead


async def book(session: AsyncSession, *, tenant_id: UUID, movements: Sequence[Movement]) -> set[UUID]:
    """Book movements, each cause once for ever; return the ids of the causes that were booked now."""
    if not movements:
        return set()
    return await LedgerRepository(session, tenant_id).book(movements)


async def hold_balance(session: AsyncSession, *, tenant_id: UUID, fund: str) -> Balance:
    """Lock the fund against other releases and return its balances."""
    repository = LedgerRepository(session, tenant_id)
    await repository.hold_fund(fund)
    balances = await repository.balances(fund)
    return balances[0] if balances else Balance(fund, {})


async def balances_of(session: AsyncSession, *, tenant_id: UUID) -> dict[str, Balance]:
    """Return the balances of the funds that have entries, by fund; nothing is locked."""
    return {balance.fund: balance for balance in await LedgerRepository(session, tenant_id).balances()}


async def list_funds(session: AsyncSession, *, actor: Actor) -> list[FundRead]:
    """Return the balances of every fund of the pack, those without entries too."""
    pack = await current_pack(session)
    balances = await balances_of(session, tenant_id=actor.tenant_id)
    titles = {fund.code: fund.title.text().in_language() for fund in pack.funds}
    codes = [*titles, *(code for code in balances if code not in titles)]
    return [_fund(balances.get(code) or Balance(code, {}), titles.get(code, code)) for code in codes]


def _fund(balance: Balance, title: str) -> FundRead:
    return FundRead(
        fund=balance.fund,
        title=title,
        accounts={account.value: balance.of(account) for account in Account},
        available=balance.available,
        difference=balance.difference,
    )


async def read_account(session: AsyncSession, *, actor: Actor, fund: str) -> FundAccountRead:
    """Return a fund's bank account and its history; NotFound for a fund that the pack does not have."""
    if fund not in {item.code for item in (await current_pack(session)).funds}:
        raise NotFound
    current = await payer_of(session, tenant_id=actor.tenant_id, fund=fund)
    rows = await AccountRepository(session, actor.tenant_id).history(fund)
    history = [
        BankAccountRead(
            holder=row.holder, bank=row.bank, number=row.number, effective_from=row.effective_from
        )
        for row in rows
    ]
    since = next((row.effective_from for row in rows if row.effective_from <= now()), None)
    return FundAccountRead(
        fund=fund,
        holder=current.holder,
        bank=current.bank,
        number=current.number,
        effective_from=since,
        history=history,
    )


async def list_entries(
    session: AsyncSession, *, actor: Actor, cursor: Cursor, fund: str | None
) -> Page[EntryRead]:
    """Return entries, the newest first."""
    rows = await LedgerRepository(session, actor.tenant_id).page(cursor, fund=fund)
    postings = {posting.id: posting for _, posting in rows}

    def read(entry: LedgerEntry) -> EntryRead:
        return EntryRead.of(entry, postings[entry.posting_id])

    return cursor.page([entry for entry, _ in rows], read)
