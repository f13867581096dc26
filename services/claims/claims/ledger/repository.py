"""SQL of the ledger."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, text
from sqlalchemy.dialects.postgresql import insert

from common.clock import now
from common.db import TenantRepository, unscoped
from common.http import Cursor
from common.ids import new_id

from .models import LedgerAccount, LedgerEntry, LedgerPosting
from .rules import ZERO, Account, Balance, Movement

CHUNK = 1000
LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('claims.fund:' || :tenant || ':' || :fund, 0))")


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
        entries = []
        for movement in movements:
            posting_id = made.get((movement.cause.value, movement.cause_id))
            if posting_id is None:
                continue
            debit, credit = movement.sides
            for account, sums in ((debit, (movement.amount, ZERO)), (credit, (ZERO, movement.amount))):
                entries.append(self._entry(posting_id, movement.fund, account, *sums))
        if entries:
            await self.session.execute(insert(LedgerEntry).values(entries))
        return {cause_id for _, cause_id in made}

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
        rows = [
            {
                "tenant_id": self.tenant_id,
                "id": new_id(),
                "created_at": now(),
                "fund": fund,
                "code": account.value,
            }
            for fund in sorted(funds)
            for account in Account
        ]
        await self.session.execute(insert(LedgerAccount).values(rows).on_conflict_do_nothing())

    async def hold_fund(self, fund: str) -> None:
        """Let no other transaction release money of the fund until this one ends."""
        statement = unscoped(LOCK, why="an advisory lock reads no row; its name holds the tenant")
        await self.session.execute(statement, {"tenant": str(self.tenant_id), "fund": fund})

    async def balances(self, fund: str | None = None) -> list[Balance]:
        """Return the balances of one fund or of all."""
        total = func.sum(LedgerEntry.debit - LedgerEntry.credit).label("total")
        statement = self.select_columns(LedgerEntry, LedgerEntry.fund, LedgerEntry.account, total)
        if fund is not None:
            statement = statement.where(LedgerEntry.fund == fund)
        statement = statement.group_by(LedgerEntry.fund, LedgerEntry.account)
        found: dict[str, dict[str, Decimal]] = {}
        for row in await self.session.execute(statement):
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
