"""Orders to send facts again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from common.clock import now
from common.db import Base, TenantRow


class SnapshotRequest(TenantRow, Base):
    """An order to send all facts of one sort again; `after` is how far it has come."""

    __tablename__ = "snapshot_request"
    fact: Mapped[str]
    """tenants | units | members | staff | languages"""
    requested_by: Mapped[UUID]
    after: Mapped[UUID | None]
    sent: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]

    def advance(self, *, after: UUID | None, sent: int) -> None:
        """Note a batch; without a place to go on from, the work is done."""
        self.sent += sent
        if after is None:
            self.finished_at = now()
        else:
            self.after = after
