"""Covers and claims as FHIR R4 (4.0.1) resources, in plain JSON. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

Json = dict[str, Any]
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
PERSON, UNIT, UNION = "urn:huzhu:person", "urn:huzhu:unit", "urn:huzhu:union"
POLICY, CLAIM, PAYOUT = "urn:huzhu:policy", "urn:huzhu:claim", "urn:huzhu:payout"
PRODUCT, KIND, STATUS = "urn:huzhu:product", "urn:huzhu:claim-kind", "urn:huzhu:claim-status"
ID_CARD = "urn:oid:2.16.156.10011.1.3"
"""Numbers of resident identity cards (居民身份证), by the national registration of identifiers."""
INSTITUTIONAL = frozenset({"hospital", "critical_illness", "special_illness"})
"""Events that are treated in an institution; the others are claimed as professional services are."""
GRANTED = frozenset({"approved", "paid", "payment_failed"})
DECIDED = GRANTED | {"rejected"}


@dataclass(frozen=True, slots=True)
class Insured:
    """The person of a resource: their id, and their name as the caller may see it."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Titled:
    """A code of the union's pack with its title."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class CoverFacts:
    """A policy as it is told."""

    id: UUID
    number: str
    person: Insured
    unit_id: UUID
    unit_name: str
    product: Titled
    starts_on: date
    last_day: date
    ends_on: date
    shares: int


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """An application as it is told: state, days and amounts, nothing that a person wrote."""

    id: UUID
    number: str | None
    event: str
    kind: Titled
    status: str
    status_title: str
    person: Insured
    policy_id: UUID | None
    made_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None
    first_day: date | None
    last_day: date | None
    amount: Decimal | None
    payout_number: str | None
    paid_on: date | None


def coverage(facts: CoverFacts, union: Titled) -> Json:
    """Return a policy as Coverage; ended before its term it is cancelled."""
    return {
        "resourceType": "Coverage",
        "id": str(facts.id),
        "identifier": [{"system": POLICY, "value": facts.number}],
        "status": "active" if facts.last_day == facts.ends_on else "cancelled",
        "type": _concept(PRODUCT, facts.product),
        "policyHolder": _identified("Organization", UNIT, str(facts.unit_id), facts.unit_name),
        "beneficiary": _patient(facts.person),
        "relationship": {"coding": [{"system": f"{TERMINOLOGY}/subscriber-relationship", "code": "self"}]},
        "period": {"start": facts.starts_on.isoformat(), "end": facts.last_day.isoformat()},
        "payor": [_union(union)],
        "class": [
            {
                "type": {"coding": [{"system": f"{TERMINOLOGY}/coverage-class", "code": "plan"}]},
                "value": facts.product.code,
                "name": f"{facts.product.title} × {facts.shares}",
            }
        ],
    }


def claim(facts: ClaimFacts, union: Titled) -> Json:
    """Return an application as Claim."""
    made: Json = {
        "resourceType": "Claim",
        "id": str(facts.id),
        "status": claim_status(facts.status),
        "type": _type(facts),
        "use": "claim",
        "patient": _patient(facts.person),
        "created": (facts.submitted_at or facts.made_at).isoformat(timespec="seconds"),
        "insurer": _union(union),
        # Members claim themselves: what the hospital is called stands on the papers, not in what is told on.
        "provider": _union(union),
        "priority": {"coding": [{"system": f"{TERMINOLOGY}/processpriority", "code": "normal"}]},
        "insurance": [{"sequence": 1, "focal": True, "coverage": _cover(facts)}],
    }
    if facts.number:
        made["identifier"] = [{"system": CLAIM, "value": facts.number}]
    if facts.first_day:
        made["billablePeriod"] = {"start": facts.first_day.isoformat()}
        if facts.last_day:
            made["billablePeriod"]["end"] = facts.last_day.isoformat()
    return made


def claim_status(status: str) -> str:
    """Return the state of an application as FHIR's financial resource status."""
    return {"draft": "draft", "withdrawn": "cancelled"}.get(status, "active")


def outcome(status: str) -> str:
    """Return how far the decision is: queued until somebody has decided."""
    return "complete" if status in DECIDED else "queued"


def claim_response(facts: ClaimFacts, union: Titled) -> Json:
    """Return the union's answer to an application that was handed in, as ClaimResponse."""
    made: Json = {
        "resourceType": "ClaimResponse",
        "id": str(facts.id),
        "status": claim_status(facts.status),
        "type": _type(facts),
        "use": "claim",
        "patient": _patient(facts.person),
        "created": (facts.decided_at or facts.submitted_at or facts.made_at).isoformat(timespec="seconds"),
        "insurer": _union(union),
        "request": {"reference": f"Claim/{facts.id}"},
        "outcome": outcome(facts.status),
        "disposition": facts.status_title,
        "insurance": [{"sequence": 1, "focal": True, "coverage": _cover(facts)}],
    }
    if facts.status in DECIDED and facts.amount is not None:
        amount = facts.amount if facts.status in GRANTED else Decimal("0.00")
        category = {"coding": [{"system": f"{TERMINOLOGY}/adjudication", "code": "benefit"}]}
        made["total"] = [{"category": category, "amount": _yuan(amount)}]
    if facts.status == "paid" and facts.paid_on and facts.amount is not None:
        made["payment"] = {
            "type": {"coding": [{"system": f"{TERMINOLOGY}/ex-paymenttype", "code": "complete"}]},
            "date": facts.paid_on.isoformat(),
            "amount": _yuan(facts.amount),
            "identifier": {"system": PAYOUT, "value": facts.payout_number or str(facts.id)},
        }
    return made


def _type(facts: ClaimFacts) -> Json:
    code = "institutional" if facts.event in INSTITUTIONAL else "professional"
    concept = _concept(KIND, facts.kind)
    concept["coding"].insert(0, {"system": f"{TERMINOLOGY}/claim-type", "code": code})
    return concept


def _cover(facts: ClaimFacts) -> Json:
    """The cover that a claim stands on; some are paid for by membership alone."""
    return {"reference": f"Coverage/{facts.policy_id}"} if facts.policy_id else {"display": "会籍 membership"}


def _concept(system: str, titled: Titled) -> Json:
    coding = {"system": system, "code": titled.code, "display": titled.title}
    return {"coding": [coding], "text": titled.title}


def _patient(person: Insured) -> Json:
    return _identified("Patient", PERSON, str(person.id), person.name)


def _union(union: Titled) -> Json:
    return _identified("Organization", UNION, union.code, union.title)


def _identified(kind: str, system: str, value: str, display: str) -> Json:
    found: Json = {"type": kind, "identifier": {"system": system, "value": value}}
    return {**found, "display": display} if display else found


def _yuan(amount: Decimal) -> Json:
    # FHIR's decimals are JSON numbers; fifteen digits hold every amount of two decimals that a fund can pay.
    return {"value": float(amount), "currency": "CNY"}


def bundle(resources: list[Json], *, base: str, here: str, after: str | None) -> Json:
    """Return one page of a search as a Bundle; the next page's link stands in it while there is one."""
    links = [{"relation": "self", "url": here}]
    if after:
        links.append({"relation": "next", "url": after})
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "link": links,
        "entry": [
            {
                "fullUrl": f"{base}/{resource['resourceType']}/{resource['id']}",
                "resource": resource,
                "search": {"mode": "match"},
            }
            for resource in resources
        ],
    }


def operation_outcome(code: str, text: str, *, places: list[tuple[str, str]] | None = None) -> Json:
    """Return a refusal: `code` of FHIR's issue types, the sentence, and where several values are wrong each of them."""
    issues: list[Json] = [
        {"severity": "error", "code": code, "details": {"text": said}, "diagnostics": place}
        for place, said in places or []
    ]
    return {
        "resourceType": "OperationOutcome",
        "issue": issues or [{"severity": "error", "code": code, "details": {"text": text}}],
    }
