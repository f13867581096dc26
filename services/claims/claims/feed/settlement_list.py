"""The national settlement list (医疗保障基金结算清单) as a line of the feed (row P.08). Pure.

Names are those of the national interface 4101: nodes setlinfo, payinfo, diseinfo, iteminfo. What the union's rules do
not need is not kept.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

FIELDS: Mapping[str, str] = {
    "line_id": "setl_id", "id_number": "certno", "name": "psn_name", "hospital": "fixmedins_name",
    "unit_name": "emp_name", "receipt_number": "bill_no", "admission_date": "adm_time", "discharge_date": "dscg_time",
    "account_paid": "acct_pay", "cash_paid": "psn_cashpay", "self_paid": "psn_selfpay", "own_expense": "psn_ownpay",
}  # fmt: skip
POOLED = frozenset({"310100", "390100", "510100"})
"""Kinds of fund that are the pooled insurance (统筹): of employees, of residents, for births."""
OF_THE_PERSON = frozenset({"310200"})
"""The personal account: it stands in acct_pay already."""
MAIN = frozenset({"1", "是", "Y"})


def from_settlement_list(raw: Mapping[str, Any]) -> dict[str, object]:
    """Return the feed's fields of a settlement list; what it lacks is missing there, too, and is then named."""
    head = raw["setlinfo"]
    line: dict[str, object] = {
        name: head[field] for name, field in FIELDS.items() if head.get(field) not in (None, "")
    }
    for name in ("admission_date", "discharge_date"):
        if name in line:
            line[name] = str(line[name])[:10]
    total = _sum(item.get("amt") for item in _rows(raw, "iteminfo"))
    if total is not None:
        line["total_cost"] = total
    payments = [
        row for row in _rows(raw, "payinfo") if str(row.get("fund_pay_type", "")) not in OF_THE_PERSON
    ]
    pooled = [row for row in payments if str(row.get("fund_pay_type", "")) in POOLED]
    for name, rows in (
        ("pooled_paid", pooled),
        ("other_paid", [row for row in payments if row not in pooled]),
    ):
        amount = _sum(row.get("fund_payamt") for row in rows)
        if amount is not None:
            line[name] = amount
        elif payments:
            line[name] = "0.00"
    diagnosis = next(
        (row for row in _rows(raw, "diseinfo") if str(row.get("maindiag_flag", "")) in MAIN), None
    )
    if diagnosis and diagnosis.get("diag_code"):
        line["icd10"] = diagnosis["diag_code"]
    return line


def _rows(raw: Mapping[str, Any], node: str) -> list[Mapping[str, Any]]:
    found = raw.get(node)
    rows = found if isinstance(found, list) else [found] if isinstance(found, Mapping) else []
    return [row for row in rows if isinstance(row, Mapping)]


def _sum(values: Iterable[object]) -> str | None:
    """Return the sum of amounts, None where there is none; what is no amount is left to the feed's checks."""
    texts = [str(value) for value in values if value not in (None, "")]
    try:
        return str(sum((Decimal(text) for text in texts), Decimal("0.00"))) if texts else None
    except InvalidOperation:
        return texts[0]
