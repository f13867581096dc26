"""Reminders that went out, so that each goes out once."""

from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped

from common.db import Base, TenantRow


class Reminder(TenantRow, Base):
    """One reminder about a claim; `mark` names the deadline and whether it was near or over."""

    __tablename__ = "reminder"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "claim_id"], ["claim.tenant_id", "claim.id"]),)
    claim_id: Mapped[UUID]
    mark: Mapped[str]
