"""Benefit calculation 待遇计算: pure, by the rules of a tenant pack, explained line by line.

`calculate(BenefitRules.of(pack, kind=…, product=…), Facts(…), History(…))` gives a BenefitDecision.
"""

from .decision import BenefitDecision, ExplanationLine, Reason, ReasonCode
from .facts import Cover, Facts, FactsInvalid, History, Paid, Stay
from .rules import calculate
from .ruleset import BenefitRules

__all__ = [
    "BenefitDecision",
    "BenefitRules",
    "Cover",
    "ExplanationLine",
    "Facts",
    "FactsInvalid",
    "History",
    "Paid",
    "Reason",
    "ReasonCode",
    "Stay",
    "calculate",
]
