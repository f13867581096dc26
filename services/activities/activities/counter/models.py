"""Keys of passes, and scans."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped

from common.db import Base, TenantRow


class CounterKey(TenantRow, Base):
    """A key pair (Ed25519) that signs passes; its id is the "kid". `private` is sealed, context "counter.key"."""

    __tablename__ = "counter_key"
    public: Mapped[str]
    private: Mapped[str]


class CounterScan(TenantRow, Base):
    """A pass that was scanned; its id comes from the counter app, so that sending again changes nothing."""

    __tablename__ = "counter_scan"
    campaign_id: Mapped[UUID]
    reward_id: Mapped[UUID]
    account_id: Mapped[UUID]
    device: Mapped[str]
    scanned_at: Mapped[datetime]
    outcome: Mapped[str]
    first_scan_id: Mapped[UUID | None]
    """The scan by which it had been collected before, where it was collected by scan."""
