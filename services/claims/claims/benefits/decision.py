"""A decision on a claim: the amount, line by line how it came about, and why something was not paid."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from common.text import Text

from .facts import Paid

ReasonCode = Literal[
    "not_covered",
    "in_waiting_period",
    "cap_exhausted",
    "below_deductible",
    "below_first_day",
    "nothing_to_pay",
    "not_in_table",
    "input_missing",
]
Value = Decimal | int | str


def shown(amount: Decimal) -> str:
    """Return an amount with at least two decimals and no superfluous zeros behind them."""
    whole, _, rest = format(amount, "f").partition(".")
    return f"{whole}.{rest.rstrip('0').ljust(2, '0')}"


@dataclass(frozen=True, slots=True)
class ExplanationLine:
    """One step of the calculation: which rule, on which inputs, what it adds or takes away (yuan, exact)."""

    benefit: str
    rule: str
    title: Text
    inputs: Mapping[str, Value]
    amount: Decimal

    def as_dict(self) -> dict[str, Any]:
        """Return the line as plain JSON values, amounts as strings."""
        inputs = {
            name: value if isinstance(value, int) else str(value) for name, value in self.inputs.items()
        }
        return {
            "benefit": self.benefit,
            "rule": self.rule,
            "title": {"zh": self.title.zh, "en": self.title.en},
            "inputs": inputs,
            "amount": shown(self.amount),
        }


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a benefit pays nothing for a stay or event; `stay` is empty where the claim has no stay."""

    code: ReasonCode
    benefit: str
    stay: str
    text: Text

    def as_dict(self) -> dict[str, Any]:
        """Return the reason as plain JSON values."""
        return {"code": self.code, "benefit": self.benefit, "stay": self.stay,
                "text": {"zh": self.text.zh, "en": self.text.en}}  # fmt: skip


@dataclass(frozen=True, slots=True)
class BenefitDecision:
    """The decision. The lines always sum to `amount`; `usage` is what counts against caps and deductibles from now on.

    A decision with an amount of zero has at least one reason.
    """

    amount: Decimal
    lines: tuple[ExplanationLine, ...]
    reasons: tuple[Reason, ...]
    usage: tuple[Paid, ...]

    @property
    def refused(self) -> bool:
        """Whether nothing is paid."""
        return self.amount == 0
