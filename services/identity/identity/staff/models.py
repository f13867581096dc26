"""Invitations of staff, their second factor, and its recovery codes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from common.clock import now
from common.db import Base, TenantRow


class StaffInvitation(TenantRow, Base):
    """A secret with which somebody sets the password of an account; only its digest is stored."""

    __tablename__ = "staff_invitation"
    account_id: Mapped[UUID]
    digest: Mapped[str]
    created_by: Mapped[UUID]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    @property
    def is_open(self) -> bool:
        """Whether it may still be used."""
        return self.used_at is None and self.expires_at > now()

    def use(self) -> None:
        """Use it up."""
        self.used_at = now()


class StaffTotp(TenantRow, Base):
    """A time-based one-time password (RFC 6238) as second factor; `id` is the account's id."""

    __tablename__ = "staff_totp"
    secret_sealed: Mapped[str]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(default=0)
    """The newest time step that was used: a code is good once."""

    def confirm(self, step: int) -> None:
        """Let it count from now on."""
        self.confirmed_at, self.last_step = now(), step

    def spend(self, step: int) -> None:
        """Use the code of a time step up."""
        self.last_step = step


class RecoveryCode(TenantRow, Base):
    """A code for who has lost the device; good once, stored as keyed digest."""

    __tablename__ = "staff_recovery_code"
    account_id: Mapped[UUID]
    digest: Mapped[str]
    used_at: Mapped[datetime | None]

    def use(self) -> None:
        """Use it up."""
        self.used_at = now()
