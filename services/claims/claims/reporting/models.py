"""Keys of the reporting interface."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from common.clock import now, today
from common.db import Base, TenantRow


class ReportingKey(TenantRow, Base):
    """A key that a union's machine reads with; only its digest is kept."""

    __tablename__ = "reporting_key"
    name: Mapped[str]
    digest: Mapped[bytes]
    scope: Mapped[str]
    """The path of the organisation that it reads, "/" the whole union."""
    created_by: Mapped[UUID]
    expires_on: Mapped[date]
    """The last day on which it works."""
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
    last_used_on: Mapped[date | None] = mapped_column(default=None)

    @property
    def works(self) -> bool:
        """Whether it is neither revoked nor over."""
        return self.revoked_at is None and today() <= self.expires_on

    def revoke(self) -> None:
        """End it at once; again changes nothing."""
        self.revoked_at = self.revoked_at or now()

    def used(self) -> None:
        """Note the day: whoever looks after keys finds those that nobody needs."""
        if self.last_used_on != today():
            self.last_used_on = today()
