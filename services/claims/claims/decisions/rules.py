"""From policies and forms to what the benefit calculation reads, and its usage as plain JSON. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from common.contracts.pack import ClaimKind

from ..benefits import BenefitDecision, Cover, Facts, Paid, Stay
from ..intake.rules.checks import amounts_of
from ..intake.rules.form import day_of

CHOICES = ("illness", "grade", "reason")


class Policy(Protocol):
    """A policy as the rules read it."""

    id: UUID
    product_code: str
    shares: int
    starts_on: date

    @property
    def last_day(self) -> date:
        """The last day covered."""
        ...


def covers_of(policies: Sequence[Policy], *, gap_days: int) -> tuple[Cover, ...]:
    """Return the covers of one product; a policy that begins within `gap_days` after the last one is a renewal."""
    found: list[Cover] = []
    unbroken: date | None = None
    last: date | None = None
    for policy in sorted(policies, key=lambda policy: policy.starts_on):
        if policy.last_day < policy.starts_on:
            continue
        if last is None or policy.starts_on > last + timedelta(days=gap_days + 1):
            unbroken = policy.starts_on
        found.append(Cover(str(policy.id), policy.starts_on, policy.last_day, unbroken, policy.shares))
        last = max(last, policy.last_day) if last else policy.last_day
    return tuple(found)


def membership(person_id: UUID) -> tuple[Cover, ...]:
    """Return the cover of somebody for whom being a member is enough."""
    return (Cover(str(person_id), date.min, date.max),)


def facts_of(
    *,
    claim_id: UUID,
    person_id: UUID,
    covers: tuple[Cover, ...],
    whole: Mapping[str, str],
    stays: Sequence[Mapping[str, str]],
) -> Facts:
    """Return the facts of a claim from its inputs: of the whole, and of each stay.

    A stay is named by person and admission, so that the same stay in a later claim counts as the same. The own
    receipt of a kind without stays (outpatient, accident) gives the costs of no stay.
    """
    found = []
    for values in stays:
        admitted, discharged = (
            day_of(values.get("admission_date", "")),
            day_of(values.get("discharge_date", "")),
        )
        if admitted and discharged:
            found.append(Stay(f"{person_id}:{admitted}", admitted, discharged, amounts_of(values)))
    costs = amounts_of(whole)
    requested = costs.pop("requested_amount", None)
    return Facts(
        claim_key=str(claim_id),
        covers=covers,
        event_date=day_of(whole.get("event_date", "")),
        stays=tuple(found),
        costs=costs,
        choices={name: whole[name] for name in CHOICES if name in whole},
        requested_amount=requested,
    )


def due_on(kind: ClaimKind, days: Sequence[date]) -> date | None:
    """Return the day by which the claim should be decided and paid.

    Counted from the last of `days`: the hand-in of an application; for a line of the settlement feed the discharge
    (row C.09: within a month of it).
    """
    if kind.decide_within_days is None or not days:
        return None
    return max(days) + timedelta(days=kind.decide_within_days)


def usage_json(paid: Paid) -> dict[str, Any]:
    """Return a usage as plain JSON."""
    return {
        "product": paid.product,
        "benefit": paid.benefit,
        "cover": paid.cover,
        "claim": paid.claim,
        "stay": paid.stay,
        "event_date": paid.event_date.isoformat(),
        "amount": str(paid.amount),
        "days": paid.days,
        "base": str(paid.base),
    }


def usage_of(data: Mapping[str, Any]) -> Paid:
    """Read what `usage_json` wrote."""
    return Paid(
        product=data["product"],
        benefit=data["benefit"],
        cover=data["cover"],
        claim=data["claim"],
        stay=data["stay"],
        event_date=date.fromisoformat(data["event_date"]),
        amount=Decimal(data["amount"]),
        days=data["days"],
        base=Decimal(data["base"]),
    )


def explanation_json(decision: BenefitDecision) -> dict[str, Any]:
    """Return a decision's explanation as plain JSON: lines that sum to the amount, and reasons."""
    return {
        "amount": str(decision.amount),
        "lines": [line.as_dict() for line in decision.lines],
        "reasons": [reason.as_dict() for reason in decision.reasons],
    }
