"""One-time codes on their way to a mobile."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped

from common.clock import now
from common.db import Base, TenantRow


class VerificationCode(TenantRow, Base):
    """A code (验证码) that was sent; only its keyed digest is stored. `id` is the challenge's id."""

    __tablename__ = "verification_code"
    purpose: Mapped[str]
    mobile_index: Mapped[str]
    account_id: Mapped[UUID | None]
    """Set for the second step of staff."""
    digest: Mapped[str]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    @property
    def is_good(self) -> bool:
        """Whether it was neither used nor is too old."""
        return self.used_at is None and self.expires_at > now()

    def use(self) -> None:
        """Use it up."""
        self.used_at = now()
