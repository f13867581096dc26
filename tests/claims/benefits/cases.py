"""Small rules and facts to calculate with."""

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from claims.benefits import BenefitRules, Cover, Facts, Stay
from common.contracts.pack import Benefit, Cap, Rounding

DAY = date(2026, 3, 2)
TERM = Cover("term-1", date(2026, 1, 1), date(2026, 12, 31))


def yuan(amount: str | int) -> Decimal:
    return Decimal(amount)


def benefit(formula: dict[str, Any], *, event: str = "hospital", code: str = "b", **more: Any) -> Benefit:
    data = {
        "code": code,
        "title": {"zh": "待遇", "en": "Benefit"},
        "event": event,
        "formula": formula,
        **more,
    }
    return Benefit.model_validate_json(json.dumps(data))


def cap(**limits: Any) -> Cap:
    return Cap.model_validate_json(json.dumps(limits))


def percentage(
    *tiers: tuple[int, int | None, str], deductible: int = 0, accumulate: str = "stay"
) -> dict[str, Any]:
    return {
        "kind": "percentage",
        "base": {"add": ["cash_paid"], "less": ["other_sources"]},
        "deductible": deductible,
        "tiers": [{"above": above, "up_to": up_to, "rate": rate} for above, up_to, rate in tiers],
        "accumulate": accumulate,
    }


def daily(per_day: int = 30, **more: Any) -> dict[str, Any]:
    return {"kind": "daily_allowance", "per_day": per_day, **more}


def rules(
    *benefits: Benefit, rounding: Rounding | None = None, waiting: int = 0, caps: tuple[Cap, ...] = ()
) -> BenefitRules:
    return BenefitRules("product", benefits, rounding or Rounding(), waiting, caps)


def stay(key: str = "s1", *, admitted: date = DAY, nights: int = 10, **costs: str | int) -> Stay:
    amounts = {name: Decimal(amount) for name, amount in costs.items()}
    return Stay(key, admitted, admitted + timedelta(days=nights), amounts)


def claim(*stays: Stay, key: str = "c1", covers: tuple[Cover, ...] = (TERM,), **more: Any) -> Facts:
    return Facts(key, covers, stays=stays, **more)
