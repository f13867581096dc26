"""SQL of reconciliation: lines of the bank beside the entries of the account "bank"."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, select
from sqlalchemy.dialects.postgresql import insert

from common.clock import now
from common.db import TenantRepository
from common.http import Cursor
from common.ids import new_id

from ..ledger.models import LedgerEntry, LedgerPosting
from ..ledger.rules import Account, Cause
from ..payouts.batches.models import PayoutBatch, PayoutItem
from .models import BankLine, BankMatch, BankStatement, BookNote
from .rules import ZERO, Match

CHUNK = 1000
AMOUNT = LedgerEntry.debit - LedgerEntry.credit


class ReconciliationRepository(TenantRepository):
    """Statements of one tenant."""

    async def add_lines(self, rows: Sequence[dict[str, Any]]) -> int:
        """Add lines that are not here yet (by the bank's serial and amount); return how many were new."""
        added = 0
        for start in range(0, len(rows), CHUNK):
            values = [
                {"tenant_id": self.tenant_id, "id": new_id(), "created_at": now(), "version": 1, **row}
                for row in rows[start : start + CHUNK]
            ]
            statement = insert(BankLine).values(values).on_conflict_do_nothing().returning(BankLine.id)
            added += len((await self.session.execute(statement)).all())
        return added

    async def open_lines(self, fund: str) -> Sequence[BankLine]:
        """Lock and return the lines of a fund to which nothing belongs yet."""
        mine = self.select(BankLine).where(BankLine.fund == fund, BankLine.matched == ZERO)
        return await self.all(mine.order_by(BankLine.booked_on, BankLine.id).with_for_update())

    def _entries(self, fund: str, *columns: Any) -> Select[Any]:
        """SELECT entries of a fund's account "bank" with their posting."""
        posting = and_(
            LedgerPosting.tenant_id == LedgerEntry.tenant_id, LedgerPosting.id == LedgerEntry.posting_id
        )
        statement = self.select_columns(LedgerEntry, *columns).join(LedgerPosting, posting)
        return statement.where(LedgerEntry.fund == fund, LedgerEntry.account == Account.BANK.value)

    def _unmatched(self, fund: str, *columns: Any) -> Select[Any]:
        matched = select(BankMatch.id).where(
            BankMatch.tenant_id == LedgerEntry.tenant_id, BankMatch.entry_id == LedgerEntry.id
        )
        return self._entries(fund, *columns).where(~matched.exists())

    async def open_entries(self, fund: str, *, since: date) -> Sequence[Any]:
        """Return the unmatched entries since a day: id, amount, booked_on, memo, and serial and batch of payouts."""
        item = and_(
            PayoutItem.tenant_id == LedgerPosting.tenant_id,
            PayoutItem.id == LedgerPosting.cause_id,
            LedgerPosting.cause_kind.in_(
                [Cause.PAID, Cause.REVERSED, Cause.REFUND_PAID, Cause.REFUND_REVERSED]
            ),
        )
        batch = and_(PayoutBatch.tenant_id == PayoutItem.tenant_id, PayoutBatch.id == PayoutItem.batch_id)
        columns = (
            LedgerEntry.id,
            AMOUNT.label("amount"),
            LedgerPosting.booked_on,
            LedgerPosting.memo,
            PayoutItem.bank_serial,
            PayoutBatch.number.label("batch"),
        )
        statement = self._unmatched(fund, *columns).outerjoin(PayoutItem, item).outerjoin(PayoutBatch, batch)
        found: Sequence[Any] = (
            await self.session.execute(statement.where(LedgerPosting.booked_on >= since))
        ).all()
        return found

    async def entries_by_id(self, fund: str, ids: Sequence[UUID]) -> dict[UUID, Decimal]:
        """Return the amounts of unmatched entries of the account "bank", by id."""
        statement = self._unmatched(fund, LedgerEntry.id, AMOUNT.label("amount"))
        rows = await self.session.execute(statement.where(LedgerEntry.id.in_(ids)))
        return {row.id: row.amount for row in rows}

    async def entry_of(self, fund: str, cause: Cause, cause_id: UUID) -> Any:
        """Return id and amount of the bank's entry of a posting, or None."""
        statement = self._unmatched(fund, LedgerEntry.id, AMOUNT.label("amount")).where(
            LedgerPosting.cause_kind == cause.value, LedgerPosting.cause_id == cause_id
        )
        return (await self.session.execute(statement)).one_or_none()

    async def line_of(self, line_id: UUID | None, fund: str) -> BankLine | None:
        """Return a fund's line of the bank or None, locked."""
        if line_id is None:
            return None
        line = await self.find(BankLine, line_id, lock=True)
        return line if line is not None and line.fund == fund else None

    async def has_entry(self, entry_id: UUID) -> bool:
        """Say whether there is such an entry of an account "bank"."""
        statement = self.select_columns(LedgerEntry, LedgerEntry.id).where(
            LedgerEntry.id == entry_id, LedgerEntry.account == Account.BANK.value
        )
        return (await self.session.execute(statement)).scalar_one_or_none() is not None

    async def store(self, matches: Sequence[Match]) -> set[UUID]:
        """Write down matches; return the entries that belong to a line now. An entry belongs to one line."""
        rows = [
            {
                "tenant_id": self.tenant_id,
                "id": new_id(),
                "created_at": now(),
                "line_id": match.line,
                "entry_id": entry,
                "how": match.how,
            }
            for match in matches
            for entry in match.entries
        ]
        stored: set[UUID] = set()
        for start in range(0, len(rows), CHUNK):
            statement = insert(BankMatch).values(rows[start : start + CHUNK]).on_conflict_do_nothing()
            found = await self.session.execute(statement.returning(BankMatch.entry_id))
            stored |= set(found.scalars())
        return stored

    async def funds_with_open_lines(self) -> list[str]:
        """Return the funds that have lines to which nothing belongs."""
        statement = self.select_columns(BankLine, BankLine.fund).where(BankLine.matched != BankLine.amount)
        return list((await self.session.execute(statement.distinct())).scalars())

    async def statements(self, cursor: Cursor, *, fund: str | None) -> Sequence[BankStatement]:
        """Return statements, the newest first; one more than the page has."""
        statement = self.select(BankStatement)
        if fund is not None:
            statement = statement.where(BankStatement.fund == fund)
        return await self.all(cursor.apply(statement, BankStatement))

    async def line_page(
        self, cursor: Cursor, *, fund: str, state: str | None, until: date | None
    ) -> Sequence[BankLine]:
        """Return lines, the newest first: all, or those matched, explained or open."""
        statement = self.select(BankLine).where(BankLine.fund == fund)
        whole = BankLine.matched == BankLine.amount
        if state == "matched":
            statement = statement.where(whole)
        elif state == "explained":
            statement = statement.where(~whole, BankLine.explanation.is_not(None))
        elif state == "open":
            statement = statement.where(~whole, BankLine.explanation.is_(None))
        if until is not None:
            statement = statement.where(BankLine.booked_on <= until)
        return await self.all(cursor.apply(statement, BankLine))

    async def entry_page(
        self, cursor: Cursor, *, fund: str, since: date, explained: bool | None
    ) -> Sequence[Any]:
        """Return unmatched entries of the books since a day, the newest first, with their explanation."""
        note = and_(BookNote.tenant_id == LedgerEntry.tenant_id, BookNote.id == LedgerEntry.id)
        columns = (
            LedgerEntry.id,
            AMOUNT.label("amount"),
            LedgerPosting.booked_on,
            LedgerPosting.memo,
            LedgerPosting.cause_kind,
            BookNote.explanation,
        )
        statement = self._unmatched(fund, *columns).outerjoin(BookNote, note)
        statement = statement.where(LedgerPosting.booked_on >= since)
        if explained is not None:
            known = BookNote.id.is_not(None)
            statement = statement.where(known if explained else ~known)
        if cursor.after is not None:
            statement = statement.where(LedgerEntry.id < cursor.after)
        found: Sequence[Any] = (
            await self.session.execute(statement.order_by(LedgerEntry.id.desc()).limit(cursor.limit + 1))
        ).all()
        return found

    async def started_on(self, fund: str) -> date | None:
        """Return the first day of a fund's first statement."""
        statement = self.select_columns(BankStatement, func.min(BankStatement.from_on))
        found: date | None = (
            await self.session.execute(statement.where(BankStatement.fund == fund))
        ).scalar_one()
        return found

    async def closing(self, fund: str, day: date) -> Decimal | None:
        """Return the bank's balance by the last statement that ends up to a day, None where it tells none."""
        mine = self.select(BankStatement).where(BankStatement.fund == fund, BankStatement.until_on <= day)
        last = await self.first(mine.order_by(BankStatement.until_on.desc(), BankStatement.id.desc()))
        return last.closing if last else None

    async def line_sums(self, fund: str, day: date) -> tuple[Decimal, Decimal, int]:
        """Return of the lines up to a day: their sum, what of it is not matched, how many are open."""
        whole = BankLine.matched == BankLine.amount
        statement = self.select_columns(
            BankLine,
            func.coalesce(func.sum(BankLine.amount), ZERO),
            func.coalesce(func.sum(BankLine.amount - BankLine.matched), ZERO),
            func.count().filter(~whole, BankLine.explanation.is_(None)),
        ).where(BankLine.fund == fund, BankLine.booked_on <= day)
        total, rest, count = (await self.session.execute(statement)).one()
        return total, rest, count

    async def entry_sums(self, fund: str, *, since: date, day: date) -> tuple[Decimal, Decimal]:
        """Return the books' balance of the bank before `since`, and on a day."""
        amount = func.coalesce(func.sum(AMOUNT).filter(LedgerPosting.booked_on < since), ZERO)
        statement = self._entries(fund, amount, func.coalesce(func.sum(AMOUNT), ZERO))
        before, total = (await self.session.execute(statement.where(LedgerPosting.booked_on <= day))).one()
        return before, total

    async def book_only(self, fund: str, *, since: date, day: date) -> tuple[Decimal, int]:
        """Return sum and number of entries without a line; of the number those that nobody explained."""
        note = and_(BookNote.tenant_id == LedgerEntry.tenant_id, BookNote.id == LedgerEntry.id)
        statement = self._unmatched(
            fund, func.coalesce(func.sum(AMOUNT), ZERO), func.count().filter(BookNote.id.is_(None))
        ).outerjoin(BookNote, note)
        between = LedgerPosting.booked_on.between(since, day)
        total, count = (await self.session.execute(statement.where(between))).one()
        return total, count

    async def timing(self, fund: str, *, since: date, day: date) -> Decimal:
        """Return what one side booked up to a day and the other one later, of what belongs together."""
        match = and_(BankMatch.tenant_id == LedgerEntry.tenant_id, BankMatch.entry_id == LedgerEntry.id)
        line = and_(BankLine.tenant_id == BankMatch.tenant_id, BankLine.id == BankMatch.line_id)
        bank_first = func.sum(AMOUNT).filter(BankLine.booked_on <= day, LedgerPosting.booked_on > day)
        book_first = func.sum(AMOUNT).filter(
            BankLine.booked_on > day, LedgerPosting.booked_on.between(since, day)
        )
        statement = self._entries(fund, func.coalesce(bank_first, ZERO), func.coalesce(book_first, ZERO))
        first, second = (
            await self.session.execute(statement.join(BankMatch, match).join(BankLine, line))
        ).one()
        return Decimal(first) - Decimal(second)
