"""SQL of the ledger."""

import random
from collections.abc import Sequence
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
from .rules import Account, Balance, Movement

CHUNK = 1000
SHARD, SHARDS = "ledger.shard", 16
LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('claims.fund:' || :tenant || ':' || :fund, 0))")

COLUMNS = (
    "ids", "debit_ids", "credit_ids", "funds", "kinds", "causes", "days", "memos", "amounts", "debits", "credits",
)  # fmt: skip
# One round trip for a posting, its two entries and the balances. Balances are added to in one order, so that
# transactions of the same part wait for each other and never crosswise.
BOOK = text("""
WITH given AS (
  SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:debit_ids AS uuid[]), CAST(:credit_ids AS uuid[]),
    CAST(:funds AS text[]), CAST(:kinds AS text[]), CAST(:causes AS uuid[]), CAST(:days AS date[]),
    CAST(:memos AS text[]), CAST(:amounts AS numeric[]), CAST(:debits AS text[]), CAST(:credits AS text[]))
    AS g (id, debit_id, credit_id, fund, kind, cause, booked_on, memo, amount, debit, credit)),
posted AS (
  INSERT INTO ledger_posting (tenant_id, id, created_at, fund, cause_kind, cause_id, booked_on, memo)
  SELECT :tenant, id, :moment, fund, kind, cause, booked_on, memo FROM given
  ON CONFLICT DO NOTHING RETURNING id, cause_id),
entered AS (
  INSERT INTO ledger_entry (tenant_id, id, created_at, posting_id, fund, account, debit, credit)
  SELECT :tenant, side.id, :moment, g.id, g.fund, side.account, side.debit, side.credit
  FROM given g JOIN posted p ON p.id = g.id CROSS JOIN LATERAL (VALUES
    (g.debit_id, g.debit, g.amount, 0.00), (g.credit_id, g.credit, 0.00, g.amount))
    AS side (id, account, debit, credit)
  RETURNING fund, account, debit, credit),
added AS (
  INSERT INTO fund_balance (tenant_id, id, created_at, fund, account, shard, total)
  SELECT :tenant, gen_random_uuid(), :moment, fund, account, :shard, sum(debit - credit)
  FROM entered GROUP BY fund, account ORDER BY fund, account
  ON CONFLICT (tenant_id, fund, account, shard) DO UPDATE SET total = fund_balance.total + excluded.total)
SELECT cause_id FROM posted
""")
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
        """Write postings, their entries and the balances in one statement; a cause booked before adds nothing."""
        await self._open_accounts({movement.fund for movement in movements})
        columns: dict[str, list[Any]] = {name: [] for name in COLUMNS}
        for movement in movements:
            debit, credit = movement.sides
            row = (
                new_id(), new_id(), new_id(), movement.fund, movement.cause.value, movement.cause_id,
                movement.booked_on, movement.memo, movement.amount, debit.value, credit.value,
            )  # fmt: skip
            for name, value in zip(COLUMNS, row, strict=True):
                columns[name].append(value)
        shard = self.session.info.setdefault(SHARD, random.randrange(SHARDS))  # noqa: S311 - no secret
        values = {"tenant": self.tenant_id, "moment": now(), "shard": shard, **columns}
        rows = await self.session.execute(unscoped(BOOK, why="the tenant stands in every part of it"), values)
        return set(rows.scalars())

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
