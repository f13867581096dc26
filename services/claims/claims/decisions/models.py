"""What decided claims used up of benefits."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped

from common.db import Base, TenantRow


class BenefitUse(TenantRow, Base):
    """What a live claim counts against caps and deductibles of its person."""

    __tablename__ = "benefit_use"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "claim_id"], ["claim.tenant_id", "claim.id"]),)
    claim_id: Mapped[UUID]
    person_id: Mapped[UUID]
    policy_id: Mapped[UUID | None]
    facts: Mapped[dict[str, Any]]
