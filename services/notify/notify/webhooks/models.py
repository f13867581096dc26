"""An endpoint and its deliveries."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from common.clock import now
from common.db import Base, TenantRow, VersionedRow

from .rules import OLD_SECRET_FOR, lasting, next_pause

ACTIVE, PAUSED, DISABLED = "active", "paused", "disabled"
LOG_KEPT = 15


class WebhookEndpoint(VersionedRow, Base):
    """Where a system wants to be told; `unit_id` None: a city platform's. Secrets are sealed ("webhook.secret")."""

    __tablename__ = "webhook_endpoint"
    unit_id: Mapped[UUID | None]
    url: Mapped[str]
    description: Mapped[str]
    event_types: Mapped[list[str]] = mapped_column(ARRAY(Text))
    secret: Mapped[str]
    old_secret: Mapped[str | None]
    old_secret_until: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(default=ACTIVE)
    reason: Mapped[str | None]
    """Why it was disabled."""
    failing_since: Mapped[datetime | None]
    created_by: Mapped[UUID]

    @property
    def sealed_secrets(self) -> list[str]:
        """The secrets that sign now."""
        old = self.old_secret_until is not None and self.old_secret_until > now()
        return [self.secret, *([self.old_secret] if old and self.old_secret else [])]

    def replace_secret(self, sealed: str) -> None:
        """Sign with a new secret; the old one signs as well for a day."""
        self.old_secret, self.old_secret_until = self.secret, now() + OLD_SECRET_FOR
        self.secret = sealed
        self.touch()

    def pause(self) -> None:
        """The owner wants nothing for a while; what happens meanwhile is held."""
        if self.state == ACTIVE:
            self.state = PAUSED
            self.touch()

    def resume(self) -> None:
        """Deliver again, also after it was disabled."""
        self.state, self.reason, self.failing_since = ACTIVE, None, None
        self.touch()

    def succeeded(self) -> None:
        """It took a delivery."""
        self.failing_since = None

    def failed(self, *, gone: bool) -> bool:
        """It did not; return whether that was the end: after three days of nothing but failures, or when it is gone."""
        self.failing_since = self.failing_since or now()
        if self.state != ACTIVE or not (gone or lasting(self.failing_since, now())):
            return False
        self.state, self.reason = DISABLED, "gone" if gone else "failing"
        self.touch()
        return True


class WebhookDelivery(TenantRow, Base):
    """One event for one endpoint. `log` holds the last attempts: when, status or failure, milliseconds."""

    __tablename__ = "webhook_delivery"
    endpoint_id: Mapped[UUID]
    event_id: Mapped[UUID]
    type: Mapped[str]
    occurred_at: Mapped[datetime]
    payload: Mapped[str]
    """The body as it was queued; `bodies.body_of` says what of it is sent."""
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    log: Mapped[list[Any]] = mapped_column(default=list)

    def settle(self, *, status: int | None, failure: str | None, milliseconds: int) -> None:
        """Write down an attempt: delivered, to be tried again, or given up."""
        entry = {"at": now().isoformat(), "status": status, "failure": failure, "ms": milliseconds}
        self.log = [*self.log, entry][-LOG_KEPT:]
        if self.state != "queued":
            return
        if failure is None:
            self.state, self.delivered_at = "delivered", now()
            return
        pause = next_pause(self.attempts)
        if pause is None:
            self.state = "failed"
        else:
            self.next_attempt_at = now() + pause

    def again(self) -> None:
        """Send it anew under the same id."""
        self.state, self.attempts, self.next_attempt_at = "queued", 0, now()
