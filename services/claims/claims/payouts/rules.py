"""The bank's files: lines of a batch in the pack's layout, and its answer checked against the batch. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from common.contracts.pack.bank import BatchLayout, BatchSchedule, ResultLayout
from common.identifiers import compact_number
from common.text import Text

HEADING_WITHIN = 10
"""Rows in which the headings of a bank's file are looked for."""
MOST_SHOWN = 40
"""Signs of a word that is not known in the sentence about it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a batch as it was sent. `outcome`: paid, failed, or reversed, once the bank answered."""

    sequence: int
    payout_number: str
    account_number: str
    account_name: str
    bank_name: str
    amount: Decimal
    claim_number: str
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bank says of one line. `outcome`: paid, failed, reversed (退汇), or None while it is open."""

    payout_number: str
    outcome: str | None
    reason: str
    bank_serial: str
    paid_on: date | None


@dataclass(frozen=True, slots=True)
class LineFault:
    """What is wrong with one line of a result file; `row` counts from 1, the heading included."""

    row: int
    code: str
    text: Text

    def as_error(self) -> dict[str, object]:
        """Return the entry of a problem's `errors`; its sentence names the row, as who looks it up needs it."""
        named = Text(f"第 {self.row} 行：{self.text.zh}", f"Row {self.row}: {self.text.en}")
        return {"field": f"row.{self.row}", "code": self.code, "message": named.in_language()}


@dataclass(frozen=True, slots=True)
class Head:
    """What the bank is told of a batch as a whole."""

    batch_number: str
    count: int
    total: Decimal
    payer_account: str
    payer_name: str
    sent_on: date


def batch_rows(layout: BatchLayout, head: Head, lines: Sequence[Line]) -> Iterable[list[str]]:
    """Return the rows of a batch file in the pack's layout, headings included."""
    common = {
        "batch_number": head.batch_number,
        "payer_account": head.payer_account,
        "paid_on": head.sent_on.isoformat(),
        "currency": "CNY",
        "purpose": layout.purpose,
    }
    if layout.summary:
        sums = {
            "count": str(head.count),
            "total": f"{head.total:.2f}",
            "payer_name": head.payer_name,
            **common,
        }
        if layout.header:
            yield [column.title for column in layout.summary]
        yield [sums[c.field] if c.field else c.constant or "" for c in layout.summary]
    if layout.header:
        yield [column.title for column in layout.columns]
    for line in lines:
        yield batch_row(layout, line, common)


def batch_row(layout: BatchLayout, line: Line, common: Mapping[str, str]) -> list[str]:
    """Return the cells of a line in the pack's layout; amounts have two decimals, no grouping."""
    values = {
        **common,
        "sequence": str(line.sequence),
        "payout_number": line.payout_number,
        "account_number": line.account_number,
        "account_name": line.account_name,
        "bank_name": line.bank_name,
        "amount": f"{line.amount:.2f}",
        "claim_number": line.claim_number,
        "mobile": "",
    }
    return [values[c.field] if c.field else c.constant or "" for c in layout.columns]


def slot_of(schedule: BatchSchedule, moment: datetime) -> str | None:
    """Return the moment of today's schedule that has come, as a name; None before it or on another day."""
    if moment.isoweekday() not in schedule.weekdays or f"{moment:%H:%M}" < schedule.at:
        return None
    return f"{moment:%Y-%m-%d}T{schedule.at}"


def first_day_of_years(day: date, years: int) -> date:
    """Return the day so many years before; the 28th where there is no 29th of February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def find_heading(layout: ResultLayout, rows: Sequence[tuple[int, Sequence[str]]]) -> int | None:
    """Return the place of the row of headings: banks write lines of their own above it."""
    for place, (_, cells) in enumerate(rows[:HEADING_WITHIN]):
        if not missing_columns(layout, cells):
            return place
    return None


def missing_columns(layout: ResultLayout, heading: Sequence[str]) -> list[str]:
    """Return the needed headings that a file lacks."""
    needed = {"payout_number", "amount", "status"}
    titles = {cell.strip() for cell in heading}
    return [
        column.title for column in layout.columns if column.field in needed and column.title not in titles
    ]


def read_answers(
    layout: ResultLayout,
    heading: Sequence[str],
    rows: Iterable[tuple[int, Sequence[str]]],
    lines: Sequence[Line],
    *,
    until: date,
) -> tuple[list[Answer], list[LineFault]]:
    """Return what the bank says of each line, and every fault; with a fault nothing may be applied.

    `until`: the last day on which the bank can have booked, the day on which its answer is read.
    """
    places = {cell.strip(): place for place, cell in reversed(list(enumerate(heading)))}
    columns: dict[str, int] = {c.field: places[c.title] for c in layout.columns if c.title in places}
    known = {line.payout_number: line for line in lines}
    answers: dict[str, Answer] = {}
    faults: list[LineFault] = []
    for number, cells in rows:
        found = {
            field: cells[place].strip() if place < len(cells) else "" for field, place in columns.items()
        }
        if not any(found.values()):
            continue
        fault = _fault(number, found, known, answers) or _status_fault(layout, number, found["status"])
        if fault is None:
            answer = _answer(layout, found)
            fault = _contradiction(number, answer, known[answer.payout_number])
            if answer.outcome is not None:
                fault = fault or _day_fault(layout, number, found, until)
            answers[answer.payout_number] = answer
        if fault is not None:
            faults.append(fault)
    return list(answers.values()), faults


def _fault(
    row: int, found: Mapping[str, str], known: Mapping[str, Line], answers: Mapping[str, Answer]
) -> LineFault | None:
    number = found["payout_number"]
    line = known.get(number)
    if line is None:
        text = Text(
            f"付款编号“{number}”不在本批次中。", f"The payout number “{number}” is not in this batch."
        )
        return LineFault(row, "result.unknown_line", text)
    if number in answers:
        return LineFault(
            row, "result.repeated_line", Text(f"付款编号“{number}”重复。", f"“{number}” stands twice.")
        )
    try:
        amount = Decimal(found["amount"].replace(",", ""))
    except InvalidOperation:
        amount = Decimal("NaN")
    if amount.is_nan() or amount != line.amount:
        shown = found["amount"]
        text = Text(
            f"“{number}”的金额为 {shown}，批次中为 {line.amount}。",
            f"“{number}” has the amount {shown}; in the batch it is {line.amount}.",
        )
        return LineFault(row, "result.wrong_amount", text)
    account = compact_number(found.get("account_number", ""))
    # The line of somebody who was erased since has no number any more.
    known_account = line.account_number.isdigit()
    if account and "*" not in account and known_account and account != line.account_number:
        text = Text(
            f"“{number}”的收款账号与批次不一致。", f"“{number}” went to another account than in the batch."
        )
        return LineFault(row, "result.wrong_account", text)
    return None


def _status_fault(layout: ResultLayout, row: int, status: str) -> LineFault | None:
    """A word that the pack does not know is no answer: nobody may take it for one, or pass over it in silence."""
    answers = [*layout.success, *layout.failure, *layout.reversed]
    if not status or status in answers or status in layout.pending:
        return None
    title = next(column.title for column in layout.columns if column.field == "status")
    shown = status if len(status) <= MOST_SHOWN else f"{status[:MOST_SHOWN]}…"
    text = Text(
        f"“{title}”为“{shown}”，系统不认识；只认“{'”“'.join(answers)}”，还没有结果的写“{'”“'.join(layout.pending)}”或留空。"
        "这确是银行的写法时，请管理员把它加入工会配置。",
        f"“{title}” is “{shown}”, which is not known. Known are “{'”, “'.join(answers)}”, without an answer yet "
        f"“{'”, “'.join(layout.pending)}” or nothing. If it is the bank's own word, have it added to the pack.",
    )
    return LineFault(row, "result.status_unknown", text)


def _day_fault(layout: ResultLayout, row: int, found: Mapping[str, str], until: date) -> LineFault | None:
    """What was written as the booking day must be a day that has come; none at all means the day of reading."""
    written = found.get("paid_on", "")
    day = day_of_bank(written)
    if not written or (day is not None and day <= until):
        return None
    title = next(column.title for column in layout.columns if column.field == "paid_on")
    if day is None:
        text = Text(
            f"“{title}”为“{written}”，不是日期；请写作 20260131 或 2026-01-31。",
            f"“{title}” is “{written}”, which is no day. Write it as 20260131 or 2026-01-31.",
        )
        return LineFault(row, "result.day_unreadable", text)
    text = Text(
        f"“{title}”为 {day}，晚于今天（{until}）；请与银行核对，写实际记账的日期。",
        f"“{title}” is {day}, after today ({until}). Check with the bank and write the day of the booking.",
    )
    return LineFault(row, "result.day_in_future", text)


def _answer(layout: ResultLayout, found: Mapping[str, str]) -> Answer:
    status = found["status"]
    statuses = {"paid": layout.success, "failed": layout.failure, "reversed": layout.reversed}
    outcome = next((name for name, words in statuses.items() if status in words), None)
    return Answer(
        found["payout_number"],
        outcome,
        found.get("reason", "")[:200] or ("银行未说明原因" if outcome in {"failed", "reversed"} else ""),
        found.get("bank_serial", "")[:60],
        day_of_bank(found.get("paid_on", "")),
    )


def day_of_bank(text: str) -> date | None:
    """Read 2026-01-31, 20260131 or 2026/1/31; None for anything else."""
    digits = text.split(maxsplit=1)[0].replace("/", "-").replace(".", "-") if text.split() else ""
    parts = digits.split("-") if "-" in digits else [digits[:4], digits[4:6], digits[6:8]]
    try:
        return date(*(int(part) for part in parts))
    except (ValueError, TypeError):
        return None


def _contradiction(row: int, answer: Answer, line: Line) -> LineFault | None:
    """A line that has its outcome keeps it: the same again is harmless, another is a fault.

    What was paid may still be given back by the bank (退汇); then neither file, sent again, says anything new.
    """
    if line.outcome is None or news_of(line.outcome, answer.outcome) is not None:
        return None
    if answer.outcome in {None, line.outcome} or {answer.outcome, line.outcome} in HARMLESS:
        return None
    text = Text(
        f"“{answer.payout_number}”此前已记为{'失败' if line.outcome == 'failed' else '成功'}，与本文件矛盾。",
        f"“{answer.payout_number}” was booked as {line.outcome} before; this file says otherwise.",
    )
    return LineFault(row, "result.contradicts", text)


HARMLESS = ({"paid", "reversed"}, {"failed", "reversed"})


def news_of(known: str | None, said: str | None) -> str | None:
    """Return the outcome that becomes true now: nothing for what is known, reversed only after paid."""
    if said is None:
        return None
    if known is None:
        return "failed" if said == "reversed" else said
    return "reversed" if known == "paid" and said == "reversed" else None
