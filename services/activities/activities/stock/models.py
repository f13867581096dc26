"""A code of a campaign's stock."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from common.db import Base, TenantRow


class RewardCode(TenantRow, Base):
    """电子码, sealed. It is free until it belongs to a reward, and belongs to one at most (unique).

    `pin` 卡密, sealed like the code. A voided code was given and taken back: it is never given again.
    """

    __tablename__ = "reward_code"
    campaign_id: Mapped[UUID]
    code: Mapped[str]
    code_index: Mapped[str]
    pin: Mapped[str | None] = mapped_column(default=None)
    expires_on: Mapped[date | None] = mapped_column(default=None)
    reward_id: Mapped[UUID | None]
    voided_at: Mapped[datetime | None] = mapped_column(default=None)
    import_id: Mapped[UUID | None] = mapped_column(default=None)
