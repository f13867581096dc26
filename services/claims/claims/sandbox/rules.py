"""How the sandbox's bank answers: each payment of a batch file as it was told. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Literal

from common.contracts.pack.bank import BatchLayout, ResultLayout

Outcome = Literal["paid", "failed", "first_failed"]
REASON = "账号户名不符"


def payments(layout: BatchLayout, rows: Iterable[Sequence[str]]) -> list[dict[str, str]]:
    """Return the payments of a batch file by field; its headings and its line of sums are none."""
    found = []
    for row in rows:
        cells = {column.field: cell.lstrip("'\t") for column, cell in zip(layout.columns, row, strict=False)}
        if len(row) >= len(layout.columns) and _is_amount(cells.get("amount", "")):
            found.append({str(field): cell for field, cell in cells.items() if field})
    return found


def answer(
    layout: ResultLayout, paid: Sequence[dict[str, str]], outcome: Outcome, today: date
) -> list[list[str]]:
    """Return the rows of the bank's answer, headings included."""
    rows = [[column.title for column in layout.columns]]
    for place, payment in enumerate(paid, start=1):
        failed = outcome == "failed" or (outcome == "first_failed" and place == 1)
        said = {
            **payment,
            "sequence": str(place),
            "status": (layout.failure if failed else layout.success)[0],
            "reason": REASON if failed else "",
            "bank_serial": f"SB{today:%Y%m%d}{payment['payout_number']}",
            "paid_on": today.isoformat(),
        }
        rows.append([said.get(column.field, "") for column in layout.columns])
    return rows


def _is_amount(cell: str) -> bool:
    try:
        return Decimal(cell) > 0
    except InvalidOperation:
        return False
