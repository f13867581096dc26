"""Which lines of the settlement feed are about a person: those of their claims, and those that bear their number."""

from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from common.db import unscoped
from common.erasure import ErasedTable
from common.export import ExportedTable

from ..copies.models import PersonCopy, PolicyCopy
from ..intake.models import Claim
from .models import FeedLine

WHY = "scoped to the tenant of the keys"


def _lines_of(tenant_id: UUID, person_id: UUID) -> Any:
    """Return the condition of a person's lines; the number is the register's or that of a policy."""
    claims = select(Claim.id).where(Claim.tenant_id == tenant_id, Claim.person_id == person_id)
    known = select(PersonCopy.document_index).where(
        PersonCopy.tenant_id == tenant_id, PersonCopy.id == person_id
    )
    covered = select(PolicyCopy.document_index).where(
        PolicyCopy.tenant_id == tenant_id, PolicyCopy.person_id == person_id
    )
    theirs = or_(
        FeedLine.claim_id.in_(claims),
        FeedLine.document_index.in_(known),
        FeedLine.document_index.in_(covered),
    )
    return (FeedLine.tenant_id == tenant_id) & theirs


class ErasedLines(ErasedTable):
    """Lines to be blanked, as long as the person's number is still known: before the copies are."""

    def rows_of(self, tenant_id: UUID, person_id: UUID) -> Any:
        """Return the condition of a person's lines."""
        return _lines_of(tenant_id, person_id)


class ExportedLines(ExportedTable):
    """Lines that a person is given."""

    def rows_of(self, tenant_id: UUID, person_id: UUID) -> Any:
        """Return the statement of a person's lines, in the order they came."""
        mine = select(*FeedLine.__table__.columns).where(_lines_of(tenant_id, person_id))
        return unscoped(mine.order_by(FeedLine.id), why=WHY)
