"""A member's feedback about one claim."""

from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped

from common.db import Base, TenantRow


class Feedback(TenantRow, Base):
    """One per claim, never changed; `words` are sealed."""

    __tablename__ = "feedback"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "claim_id"], ["claim.tenant_id", "claim.id"]),)
    claim_id: Mapped[UUID]
    account_id: Mapped[UUID]
    unit_id: Mapped[UUID | None]
    org_path: Mapped[str]
    score: Mapped[int]
    words: Mapped[str | None]
