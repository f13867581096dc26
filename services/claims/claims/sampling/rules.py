"""Which automatic decisions are looked at afterwards: a reproducible draw, and what makes a decision risky. Pure."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from common.text import Text

RISKY = 3
"""Points from which a decision is always looked at."""
PLACES = Decimal("0.0000000001")


@dataclass(frozen=True, slots=True)
class Risk:
    """One reason why a decision is risky, and how much it counts."""

    code: str
    points: int
    text: Text

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON in both languages."""
        return {"code": self.code, "points": self.points, "zh": self.text.zh, "en": self.text.en}


@dataclass(frozen=True, slots=True)
class Decision:
    """What the risk of an automatic decision is judged by; amounts in yuan."""

    amount: Decimal
    limit: Decimal | None
    earlier_claims: int
    days_since_cover: int | None
    on_behalf: bool
    card_named: bool


def draw_of(seed: str, claim_id: UUID) -> Decimal:
    """Return the claim's draw, from 0 up to but not 1: the same seed and claim give the same draw for ever."""
    digest = hashlib.sha256(f"{seed}:{claim_id}".encode()).digest()
    return (Decimal(int.from_bytes(digest[:8], "big")) / Decimal(2**64)).quantize(
        PLACES, rounding="ROUND_DOWN"
    )


def risks_of(decision: Decision) -> Iterator[Risk]:
    """Yield what makes a decision risky."""
    if decision.limit and decision.amount >= decision.limit * Decimal("0.8"):
        yield Risk("amount.near_limit", 2, Text("金额接近自动审核上限", "the amount is near the limit"))
    if decision.earlier_claims >= 3:
        text = Text(
            f"近一年已有 {decision.earlier_claims} 件", f"{decision.earlier_claims} claims within a year"
        )
        yield Risk("claims.many", 2, text)
    if decision.days_since_cover is not None and decision.days_since_cover <= 30:
        yield Risk("cover.new", 1, Text("参保后 30 天内出险", "within 30 days of the first cover"))
    if decision.on_behalf:
        yield Risk("applicant.other", 1, Text("他人代为申请", "applied for by another"))
    if decision.card_named:
        yield Risk("payee.card_named", 1, Text("收款卡与登记不同", "paid to another card than on file"))


def cause_of(draw: Decimal, share: Decimal | None, risks: list[Risk]) -> str | None:
    """Return why a decision is looked at: risk, random, or None."""
    if sum(risk.points for risk in risks) >= RISKY:
        return "risk"
    return "random" if share is not None and draw < share else None
