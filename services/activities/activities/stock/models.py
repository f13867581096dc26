"""A code of a campaign's stock."""

from uuid import UUID

from sqlalchemy.orm import Mapped

from common.db import Base, TenantRow


class RewardCode(TenantRow, Base):
    """电子码, sealed. It is free until it belongs to a reward, and belongs to one at most (unique)."""

    __tablename__ = "reward_code"
    campaign_id: Mapped[UUID]
    code: Mapped[str]
    code_index: Mapped[str]
    reward_id: Mapped[UUID | None]
