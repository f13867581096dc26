"""Bank accounts of funds; a change is a new row."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped

from common.db import Base, TenantRow


class FundAccount(TenantRow, Base):
    """The union's bank account that a fund pays from and is paid to, from a moment on."""

    __tablename__ = "fund_account"
    fund: Mapped[str]
    holder: Mapped[str]
    bank: Mapped[str]
    number: Mapped[str]
    effective_from: Mapped[datetime]
    proposal_id: Mapped[UUID]
    """The proposal that two people agreed on."""
