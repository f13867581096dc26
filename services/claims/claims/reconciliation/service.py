"""Use cases of reconciliation: import a statement, find what belongs together, explain the rest, say how it stands."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import IO, Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.clock import now, today
from common.contracts.pack import TenantPack
from common.contracts.pack.bank import StatementLayout
from common.crypto import TenantKeys
from common.http import Cursor, Page
from common.identifiers import mask_name
from common.ids import new_id
from common.tenancy import current_pack

from ..payouts.errors import FundUnknown
from ..payouts.files import read_rows
from .errors import (
    NoStatementLayout,
    StatementEmpty,
    StatementRefused,
    StatementUnreadable,
)
from .models import BankLine, BankStatement
from .repository import ReconciliationRepository
from .rules import (
    ZERO,
    Match,
    Money,
    Standing,
    StatementLine,
    find_heading,
    marks_of,
    match_up,
    missing_columns,
    read_statement,
)
from .schemas import BankLineRead, BookEntryRead, StandingRead, StatementRead

MEMO, COUNTERPARTY = "bank.memo", "bank.counterparty"
LOOK_BACK = timedelta(days=60)
"""How long before the oldest open line an entry may have been booked to belong to it."""
PERSON_LENGTH = 4
"""Longer names of counterparties are those of firms and are shown."""


async def import_statement(
    session: AsyncSession, *, actor: Actor, fund: str, file: IO[bytes], sha256: bytes, keys: TenantKeys
) -> StatementRead:
    """Take a statement of the bank (对账单): lines that are here already count once; then match."""
    pack = await current_pack(session)
    layout = _layout(pack, fund)
    lines = await asyncio.to_thread(_read, layout, file.read())
    repository = ReconciliationRepository(session, actor.tenant_id)
    days = [line.booked_on for line in lines]
    row = repository.add(
        BankStatement(
            id=new_id(),
            created_at=now(),
            version=1,
            fund=fund,
            from_on=min(days),
            until_on=max(days),
            lines=len(lines),
            repeated=0,
            closing=_closing(lines),
            sha256=sha256.hex(),
            imported_by=actor.id,
        )
    )
    await session.flush()
    values = await asyncio.to_thread(_values, lines, row.id, fund, keys)
    row.repeated = len(lines) - await repository.add_lines(values)
    matched = await match_fund(session, tenant_id=actor.tenant_id, fund=fund, keys=keys)
    await record(
        session,
        actor_id=actor.id,
        action="bank_statement.imported",
        subject=f"bank_statement:{row.id}",
        detail={"lines": row.lines, "repeated": row.repeated, "matched": matched},
    )
    return StatementRead.of(row, matched=matched)


def _layout(pack: TenantPack, fund: str) -> StatementLayout:
    _known(pack, fund)
    if pack.bank.statement is None:
        raise NoStatementLayout
    return pack.bank.statement


def _known(pack: TenantPack, fund: str) -> None:
    if fund not in {item.code for item in pack.funds}:
        raise FundUnknown(fund=fund)


def _read(layout: StatementLayout, data: bytes) -> list[StatementLine]:
    rows = list(read_rows(layout, data, unreadable=StatementUnreadable))
    if not rows:
        raise StatementEmpty
    place = find_heading(layout, rows)
    if place is None:
        raise StatementUnreadable(detail="缺少列 " + "、".join(missing_columns(layout, rows[0][1])))
    lines, faults = read_statement(layout, rows[place][1], rows[place + 1 :])
    if faults:
        raise StatementRefused(errors=[fault.as_error() for fault in faults[:1000]])
    if not lines:
        raise StatementEmpty
    return lines


def _closing(lines: Sequence[StatementLine]) -> Decimal | None:
    """Return the balance behind the last line: banks list either way round."""
    newest_first = lines[0].booked_on > lines[-1].booked_on
    return (lines[0] if newest_first else lines[-1]).balance


def _values(
    lines: Sequence[StatementLine], statement_id: UUID, fund: str, keys: TenantKeys
) -> list[dict[str, Any]]:
    return [
        {
            "statement_id": statement_id,
            "fund": fund,
            "line_no": line.row,
            "booked_on": line.booked_on,
            "amount": line.amount,
            "serial": line.serial,
            "memo": keys.seal(line.memo, context=MEMO),
            "counterparty": keys.seal(line.counterparty, context=COUNTERPARTY),
            "matched": ZERO,
        }
        for line in lines
    ]


async def match_fund(session: AsyncSession, *, tenant_id: UUID, fund: str, keys: TenantKeys) -> int:
    """Find what belongs together among what is open; return how many lines found their entries now."""
    repository = ReconciliationRepository(session, tenant_id)
    lines = {line.id: line for line in await repository.open_lines(fund)}
    if not lines:
        return 0
    since = min(line.booked_on for line in lines.values()) - LOOK_BACK
    entries = {row.id: row for row in await repository.open_entries(fund, since=since)}
    matches = await asyncio.to_thread(_match, list(lines.values()), list(entries.values()), keys)
    stored = await repository.store(matches)
    for match in matches:
        lines[match.line].match(sum((entries[e].amount for e in match.entries if e in stored), ZERO))
    return len(matches)


def _match(lines: Sequence[BankLine], entries: Sequence[Any], keys: TenantKeys) -> list[Match]:
    of_bank = [
        Money(line.id, line.booked_on, line.amount, line.serial, marks_of(keys.open(line.memo, context=MEMO)))
        for line in lines
    ]
    of_books = [
        Money(row.id, row.booked_on, row.amount, row.bank_serial or "", marks_of(row.memo), row.batch or "")
        for row in entries
    ]
    return match_up(of_bank, of_books)


def read_line(line: BankLine, keys: TenantKeys) -> BankLineRead:
    """Return a line as it is shown."""
    name = keys.open(line.counterparty, context=COUNTERPARTY) if line.counterparty else ""
    state = "matched" if line.rest == ZERO else "explained" if line.explanation else "open"
    return BankLineRead(
        id=line.id,
        booked_on=line.booked_on,
        amount=line.amount,
        matched=line.matched,
        rest=line.rest,
        serial=line.serial,
        memo=keys.open(line.memo, context=MEMO),
        counterparty=mask_name(name) if 0 < len(name) <= PERSON_LENGTH else name,
        state=state,
        explanation=line.explanation,
        version=line.version,
    )


async def list_statements(
    session: AsyncSession, *, actor: Actor, cursor: Cursor, fund: str | None
) -> Page[StatementRead]:
    """Return statements, the newest first."""
    rows = await ReconciliationRepository(session, actor.tenant_id).statements(cursor, fund=fund)
    return cursor.page(rows, StatementRead.of)


async def list_lines(
    session: AsyncSession,
    *,
    actor: Actor,
    cursor: Cursor,
    fund: str,
    state: str | None,
    until: date | None,
    keys: TenantKeys,
) -> Page[BankLineRead]:
    """Return lines of the bank by their state."""
    repository = ReconciliationRepository(session, actor.tenant_id)
    rows = await repository.line_page(cursor, fund=fund, state=state, until=until)
    return cursor.page(rows, lambda line: read_line(line, keys))


async def list_entries(
    session: AsyncSession, *, actor: Actor, cursor: Cursor, fund: str, state: str | None
) -> Page[BookEntryRead]:
    """Return entries of the books that no line shows, since the fund's first statement."""
    repository = ReconciliationRepository(session, actor.tenant_id)
    since = await repository.started_on(fund) or date.min
    explained = None if state is None else state == "explained"
    rows = await repository.entry_page(cursor, fund=fund, since=since, explained=explained)

    def read(row: Any) -> BookEntryRead:
        return BookEntryRead(
            id=row.id,
            booked_on=row.booked_on,
            amount=row.amount,
            memo=row.memo,
            cause_kind=row.cause_kind,
            state="explained" if row.explanation else "open",
            explanation=row.explanation,
        )

    return cursor.page(rows, read)


async def read_standing(session: AsyncSession, *, actor: Actor, fund: str, day: date | None) -> StandingRead:
    """Say how a fund stands on a day, by default the last one of its statements: to zero, or with what left."""
    _known(await current_pack(session), fund)
    repository = ReconciliationRepository(session, actor.tenant_id)
    started = await repository.started_on(fund)
    chosen = day or today()
    since = started or chosen + timedelta(days=1)
    total, bank_only, open_lines = await repository.line_sums(fund, chosen)
    before, book = await repository.entry_sums(fund, since=since, day=chosen)
    book_only, open_entries = await repository.book_only(fund, since=since, day=chosen)
    closing = await repository.closing(fund, chosen)
    standing = Standing(
        bank=before + total if closing is None else closing,
        book=book,
        bank_only=bank_only,
        book_only=book_only,
        timing=await repository.timing(fund, since=since, day=chosen),
    )
    return StandingRead(
        fund=fund,
        day=chosen,
        since=started,
        bank=standing.bank,
        book=standing.book,
        difference=standing.difference,
        bank_only=standing.bank_only,
        book_only=standing.book_only,
        timing=standing.timing,
        residual=standing.residual,
        open_lines=open_lines,
        open_entries=open_entries,
        reconciled=started is not None and standing.residual == ZERO and not open_lines and not open_entries,
    )
