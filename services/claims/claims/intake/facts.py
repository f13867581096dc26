"""A claim as the events tell it."""

from uuid import UUID

from common.contracts.claims import ClaimFact

from .models import Claim
from .rules.applicant import HEIR
from .rules.granted import granted_amount


def applicant_of(claim: Claim) -> UUID | None:
    """Return the person who applies on behalf of the insured one, if somebody does and the register knows them."""
    known = (claim.on_behalf or {}).get("person_id")
    return UUID(known) if known else None


def claim_fact(claim: Claim) -> ClaimFact:
    """Return the fact of a claim as it is now."""
    return ClaimFact(
        version=claim.version,
        claim_id=claim.id,
        number=claim.number or "",
        kind=claim.kind,
        person_id=claim.person_id,
        unit_id=claim.unit_id,
        product_code=claim.product_code or "",
        pack_version=claim.pack_version,
        status=claim.status,
        node=claim.node,
        amount=granted_amount(claim.status, claim.amount),
        applicant_id=applicant_of(claim),
        event_on=claim.event_on,
        heir_paid=(claim.payee or {}).get("kind") == HEIR,
    )
