"""Reading a statement by the pack's layout, and finding what belongs together. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from uuid import UUID

from common.contracts.pack.bank import StatementLayout
from common.text import Text

from ..payouts.rules import HEADING_WITHIN, LineFault, day_of_bank

ZERO = Decimal("0.00")
DAYS_APART = 3
"""How far an entry and a line may lie apart that have nothing but their amount in common."""
NUMBER = re.compile(r"[A-Z]?[0-9]{8,}")


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A line as the file has it. `balance`: the bank's, behind the line."""

    row: int
    booked_on: date
    amount: Decimal
    serial: str
    memo: str
    counterparty: str
    balance: Decimal | None


@dataclass(frozen=True, slots=True)
class Money:
    """A line of the bank, or an entry of the books, that belongs to nothing yet. `marks`: words that may name it."""

    id: UUID
    booked_on: date
    amount: Decimal
    serial: str
    marks: frozenset[str]
    batch: str = ""
    """The number of the payout batch that an entry was part of."""


@dataclass(frozen=True, slots=True)
class Match:
    """Entries that belong to a line, and how that was found."""

    line: UUID
    entries: tuple[UUID, ...]
    how: str


def marks_of(text: str) -> frozenset[str]:
    """Return the numbers in a text that can name a payout, an order or a batch."""
    return frozenset(NUMBER.findall(text.upper()))


def find_heading(layout: StatementLayout, rows: Sequence[tuple[int, Sequence[str]]]) -> int | None:
    """Return the place of the row of headings, below whatever the bank writes above it."""
    for place, (_, cells) in enumerate(rows[:HEADING_WITHIN]):
        if not missing_columns(layout, cells):
            return place
    return None


def missing_columns(layout: StatementLayout, heading: Sequence[str]) -> list[str]:
    """Return the needed headings that a row lacks."""
    needed = {"booked_on", "serial", "income", "expense", "amount"}
    titles = {cell.strip() for cell in heading}
    return [c.title for c in layout.columns if c.field in needed and c.title not in titles]


def read_statement(
    layout: StatementLayout, heading: Sequence[str], rows: Iterable[tuple[int, Sequence[str]]]
) -> tuple[list[StatementLine], list[LineFault]]:
    """Return the lines and every fault; rows without day and amount (sums, remarks) are passed over."""
    places = {cell.strip(): place for place, cell in reversed(list(enumerate(heading)))}
    columns: dict[str, int] = {c.field: places[c.title] for c in layout.columns if c.title in places}
    lines: list[StatementLine] = []
    faults: list[LineFault] = []
    for number, cells in rows:
        found = {f: cells[place].strip() if place < len(cells) else "" for f, place in columns.items()}
        amount, wrong = _amount(found)
        day = day_of_bank(found["booked_on"])
        if day is None and not found["serial"]:
            continue
        if wrong or day is None or not found["serial"] or amount == 0:
            faults.append(_fault(number, found, day, amount, wrong))
            continue
        balance, _ = _money(found.get("balance", ""))
        lines.append(
            StatementLine(
                number,
                day,
                amount,
                found["serial"][:80],
                found.get("memo", "")[:200],
                found.get("counterparty_name", "")[:100],
                balance if found.get("balance") else None,
            )
        )
    return lines, faults


def _amount(found: dict[str, str]) -> tuple[Decimal, bool]:
    if "amount" in found:
        return _money(found["amount"])
    income, wrong = _money(found["income"])
    expense, also = _money(found["expense"])
    return income - abs(expense), wrong or also


def _money(text: str) -> tuple[Decimal, bool]:
    plain = text.replace(",", "").replace("+", "").replace("¥", "").strip()
    if plain in {"", "-", "--"}:
        return ZERO, False
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        return ZERO, True
    if not amount.is_finite() or amount != amount.quantize(ZERO):
        return ZERO, True
    return amount.quantize(ZERO), False


def _fault(row: int, found: dict[str, str], day: date | None, amount: Decimal, wrong: bool) -> LineFault:
    if day is None:
        shown = found["booked_on"]
        return LineFault(row, "statement.date", Text(f"日期“{shown}”无法识别。", f"“{shown}” is not a date."))
    if not found["serial"]:
        return LineFault(
            row, "statement.serial", Text("缺少流水号。", "The bank's serial number is missing.")
        )
    if not wrong and amount == 0:
        return LineFault(row, "statement.zero", Text("收支金额为零。", "Neither income nor expense."))
    return LineFault(row, "statement.amount", Text("金额无法识别。", "The amount cannot be read."))


def match_up(lines: Sequence[Money], entries: Sequence[Money]) -> list[Match]:
    """Find which entries belong to which line, the surest way first; what could belong to two stays open.

    By the bank's serial; by a number that the line names (payout, order); all entries of a batch against one
    total; at last by amount alone, where within a few days neither side has another one of it.
    """
    found: list[Match] = []
    used: set[UUID] = set()
    for how in (_by_serial, _by_reference, _by_batch, _by_amount):
        left_lines = [line for line in lines if line.id not in used]
        left_entries = [entry for entry in entries if entry.id not in used]
        for match in how(left_lines, left_entries):
            if match.line in used or used & set(match.entries):
                continue
            used |= {match.line, *match.entries}
            found.append(match)
    return found


def _by_serial(lines: Sequence[Money], entries: Sequence[Money]) -> Iterable[Match]:
    known = {(entry.serial, entry.amount): entry for entry in entries if entry.serial}
    for line in lines:
        entry = known.get((line.serial, line.amount))
        if entry is not None:
            yield Match(line.id, (entry.id,), "serial")


def _by_reference(lines: Sequence[Money], entries: Sequence[Money]) -> Iterable[Match]:
    known: dict[tuple[str, Decimal], list[Money]] = defaultdict(list)
    for entry in entries:
        for mark in entry.marks:
            known[mark, entry.amount].append(entry)
    for line in lines:
        fitting = {entry.id for mark in line.marks for entry in known[mark, line.amount]}
        if len(fitting) == 1:
            yield Match(line.id, (fitting.pop(),), "reference")


def _by_batch(lines: Sequence[Money], entries: Sequence[Money]) -> Iterable[Match]:
    batches: dict[tuple[str, bool], list[Money]] = defaultdict(list)
    for entry in entries:
        if entry.batch:
            batches[entry.batch, entry.amount > 0].append(entry)
    for line in lines:
        for mark in line.marks:
            together = batches[mark, line.amount > 0]
            if together and sum((entry.amount for entry in together), ZERO) == line.amount:
                yield Match(line.id, tuple(entry.id for entry in together), "batch")
                break


def _by_amount(lines: Sequence[Money], entries: Sequence[Money]) -> Iterable[Match]:
    by_amount: dict[Decimal, list[Money]] = defaultdict(list)
    rivals: dict[Decimal, list[Money]] = defaultdict(list)
    for entry in entries:
        by_amount[entry.amount].append(entry)
    for line in lines:
        rivals[line.amount].append(line)
    for line in lines:
        near = [e for e in by_amount[line.amount] if _near(e, line)]
        if len(near) == 1 and sum(_near(near[0], other) for other in rivals[line.amount]) == 1:
            yield Match(line.id, (near[0].id,), "amount")


def _near(first: Money, second: Money) -> bool:
    return abs((first.booked_on - second.booked_on).days) <= DAYS_APART


@dataclass(frozen=True, slots=True)
class Standing:
    """A fund on a day: what the bank says, what the books say, and what lies between them. Yuan."""

    bank: Decimal
    book: Decimal
    bank_only: Decimal
    """Lines, up to the day, that no entry accounts for."""
    book_only: Decimal
    """Entries, up to the day, that no line shows."""
    timing: Decimal
    """What one side booked up to the day and the other one later."""

    @property
    def difference(self) -> Decimal:
        """What the bank says less what the books say."""
        return self.bank - self.book

    @property
    def residual(self) -> Decimal:
        """What is left when every difference is taken away: 0.00, or a statement is missing or incomplete."""
        return self.difference - self.bank_only + self.book_only - self.timing
