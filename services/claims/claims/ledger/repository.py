"""SQL of the ledger."""

import random
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, text
from sqlalchemy.dialects.postgresql import insert

from common.clock import now
from common.db import TenantRepository, unscoped
from common.http import Cursor
from common.ids import new_id

from .models import FundBalance, LedgerAccount, LedgerEntry, LedgerPosting
from .rules import ZERO, Account, Balance, Movement

CHUNK = 1000
SHARD, SHARDS = "ledger.shard", 16
LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('claims.fund:' || :tenant || ':' || :fund, 0))")

_opened: set[tuple[UUID, str]] = set()
"""Funds whose accounts were all there before: an account is never closed."""


class LedgerRepository(TenantRepository):
    """Books movements and sums accounts."""

    async def book(self, movements: Sequence[Movement]) -> set[UUID]:
        """Book movements, each cause once; return the ids of the causes that were booked now."""
        booked: set[UUID] = set()
        for start in range(0, len(movements), CHUNK):
            booked |= await self._book(movements[start : start + CHUNK])
        return booked

    async def _book(self, movements: Sequence[Movement]) -> set[UUID]:
        await self._open_accounts({movement.fund for movement in movements})
        moment = now()
        rows = [
            {
                "tenant_id": self.tenant_id,
                "id": new_id(),
                "created_at": moment,
                "fund": movement.fund,
                "cause_kind": movement.cause.value,
                "cause_id": movement.cause_id,
                "booked_on": movement.booked_on,
                "memo": movement.memo,
            }
            for movement in movements
        ]
        statement = insert(LedgerPosting).values(rows).on_conflict_do_nothing()
        returning = statement.returning(LedgerPosting.id, LedgerPosting.cause_kind, LedgerPosting.cause_id)
        made = {(row.cause_kind, row.cause_id): row.id for row in await self.session.execute(returning)}
        booked = {cause_id for _, cause_id in made}
        entries = []
        for movement in movements:
            # Taken out, so that a cause that stands twice among the movements is booked once, too.
            posting_id = made.pop((movement.cause.value, movement.cause_id), None)
            if posting_id is None:
                continue
            debit, credit = movement.sides
            for account, sums in ((debit, (movement.amount, ZERO)), (credit, (ZERO, movement.amount))):
                entries.append(self._entry(posting_id, movement.fund, account, *sums))
        if entries:
            await self.session.execute(insert(LedgerEntry).values(entries))
            await self._add_up(entries)
        return booked

    async def _add_up(self, entries: Sequence[Mapping[str, Any]]) -> None:
        """Add entries to the balances; a transaction writes to one part of each, always in the same order."""
        sums: dict[tuple[str, str], Decimal] = {}
        for entry in entries:
            place = (entry["fund"], entry["account"])
            sums[place] = sums.get(place, ZERO) + entry["debit"] - entry["credit"]
        shard = self.session.info.setdefault(SHARD, random.randrange(SHARDS))  # noqa: S311 - no secret
        rows = [
            {
                "tenant_id": self.tenant_id,
                "id": new_id(),
                "created_at": now(),
                "fund": fund,
                "account": account,
                "shard": shard,
                "total": total,
            }
            for (fund, account), total in sorted(sums.items())
        ]
        statement = insert(FundBalance).values(rows)
        added = {"total": FundBalance.total + statement.excluded.total}
        places = ["tenant_id", "fund", "account", "shard"]
        await self.session.execute(statement.on_conflict_do_update(index_elements=places, set_=added))

    def _entry(
        self, posting_id: UUID, fund: str, account: Account, debit: Decimal, credit: Decimal
    ) -> dict[str, object]:
        return {
            "tenant_id": self.tenant_id,
            "id": new_id(),
            "created_at": now(),
            "posting_id": posting_id,
            "fund": fund,
            "account": account.value,
            "debit": debit,
            "credit": credit,
        }

    async def _open_accounts(self, funds: set[str]) -> None:
        """Open the accounts of funds; those known to be there and committed are not asked for again."""
        missing = sorted(fund for fund in funds if (self.tenant_id, fund) not in _opened)
        if not missing:
            return
        rows = [
            {
                "tenant_id": self.tenant_id,
                "id": new_id(),
                "created_at": now(),
                "fund": fund,
                "code": account.value,
            }
            for fund in missing
            for account in Account
        ]
        statement = insert(LedgerAccount).values(rows).on_conflict_do_nothing().returning(LedgerAccount.fund)
        made = set((await self.session.execute(statement)).scalars())
        _opened.update((self.tenant_id, fund) for fund in missing if fund not in made)

    async def hold_fund(self, fund: str) -> None:
        """Let no other transaction release money of the fund until this one ends."""
        statement = unscoped(LOCK, why="an advisory lock reads no row; its name holds the tenant")
        await self.session.execute(statement, {"tenant": str(self.tenant_id), "fund": fund})

    async def balances(self, fund: str | None = None) -> list[Balance]:
        """Return the balances of one fund or of all, as they are kept."""
        return await self._sum(FundBalance, func.sum(FundBalance.total), fund)

    async def counted(self, fund: str | None = None) -> list[Balance]:
        """Return the balances added up from every entry: for checking those that are kept."""
        return await self._sum(LedgerEntry, func.sum(LedgerEntry.debit - LedgerEntry.credit), fund)

    async def _sum(self, model: Any, total: Any, fund: str | None) -> list[Balance]:
        statement = self.select_columns(model, model.fund, model.account, total.label("total"))
        if fund is not None:
            statement = statement.where(model.fund == fund)
        found: dict[str, dict[str, Decimal]] = {}
        for row in await self.session.execute(statement.group_by(model.fund, model.account)):
            found.setdefault(row.fund, {})[row.account] = row.total
        return [Balance(name, accounts) for name, accounts in sorted(found.items())]

    async def page(self, cursor: Cursor, *, fund: str | None) -> Sequence[tuple[LedgerEntry, LedgerPosting]]:
        """Return entries with their postings, the newest first; one more than the page has."""
        statement = self.select(LedgerEntry)
        if fund is not None:
            statement = statement.where(LedgerEntry.fund == fund)
        entries = await self.all(cursor.apply(statement, LedgerEntry))
        wanted = {entry.posting_id for entry in entries}
        postings = {
            p.id: p for p in await self.all(self.select(LedgerPosting).where(LedgerPosting.id.in_(wanted)))
        }
        return [(entry, postings[entry.posting_id]) for entry in entries]
