"""Whose task a claim is, as its page shows it."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from common.clock import now

from ..review.rules import HOLD
from .models import Claim


class TakenRead(BaseModel):
    """Whose task a claim is now: taken by themselves, until a moment, or assigned to them by another."""

    handler_id: UUID
    handler: str
    until: datetime | None


def taken_of(claim: Claim) -> TakenRead | None:
    """Return whose task a claim is, None where anybody of the node's role may decide it."""
    if claim.handler_id is None or claim.handler_since is None:
        return None
    until = None if claim.assigned_by is not None else claim.handler_since + HOLD
    if until is not None and until <= now():
        return None
    return TakenRead(handler_id=claim.handler_id, handler=claim.handler, until=until)
