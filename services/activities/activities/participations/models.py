"""A person's part in a campaign."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from common.clock import now
from common.db import Base, TenantRow


class Participation(TenantRow, Base):
    """参与: one for each person and campaign.

    taking_part 参与中, waiting 待发放 (passed, or booked and to be collected), received 已发放, over 已结束.
    """

    __tablename__ = "participation"
    campaign_id: Mapped[UUID]
    person_id: Mapped[UUID]
    unit_id: Mapped[UUID | None]
    state: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(default=now)
