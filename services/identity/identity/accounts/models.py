"""Accounts, their sessions, refresh tokens and consents."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from common.clock import now
from common.db import Base, TenantRow, VersionedRow


class Account(VersionedRow, Base):
    """Somebody who signs in: a member, a unit's handler (经办人) or the union's staff (工作人员)."""

    __tablename__ = "account"
    kind: Mapped[str]
    """member | handler | staff"""
    status: Mapped[str] = mapped_column(default="active")
    """active | held (signs in no more until the back office decides) | closed"""
    held_reason: Mapped[str | None]
    mobile_sealed: Mapped[str]
    mobile_index: Mapped[str]
    name_sealed: Mapped[str | None]
    user_name: Mapped[str | None]
    password_hash: Mapped[str | None]
    password_due: Mapped[bool] = mapped_column(default=False)
    """The password was set by somebody else and has not been changed yet."""
    roles: Mapped[list[str]] = mapped_column(default=list)
    org_path: Mapped[str] = mapped_column(default="/")
    unit_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None]
    epoch: Mapped[int] = mapped_column(default=0)
    signed_in_at: Mapped[datetime | None]

    def note_sign_in(self) -> None:
        """Remember when the account last signed in; no change that others must know of."""
        self.signed_in_at = now()

    def raise_epoch(self) -> None:
        """End every session: tokens of an older epoch are refused."""
        self.epoch += 1
        self.touch()

    def hold(self, reason: str) -> None:
        """Let nobody in until the back office has decided; `reason` is a stable code."""
        self.status, self.held_reason = "held", reason
        self.raise_epoch()

    def close(self) -> None:
        """Let it sign in no more; the row stays, for what it has done refers to it."""
        self.status = "closed"
        self.touch()

    def set_password(self, password_hash: str, *, due: bool) -> None:
        """Take a new password; `due`: the owner must change it."""
        self.password_hash, self.password_due = password_hash, due
        self.touch()


class SignInSession(TenantRow, Base):
    """One sign-in on one device, kept alive by refresh tokens."""

    __tablename__ = "session"
    account_id: Mapped[UUID]
    expires_at: Mapped[datetime]
    refreshed_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    """signed_out | signed_out_everywhere | reused"""

    @property
    def is_open(self) -> bool:
        """Whether it may still be refreshed."""
        return self.ended_at is None and self.expires_at > now()

    def refresh(self) -> None:
        """Note that new tokens were given."""
        self.refreshed_at = now()

    def end(self, reason: str) -> None:
        """End it for good; a second end changes nothing."""
        if self.ended_at is None:
            self.ended_at, self.end_reason = now(), reason


class RefreshToken(TenantRow, Base):
    """A refresh token that was given out, as a digest; spent when it was used."""

    __tablename__ = "refresh_token"
    session_id: Mapped[UUID]
    digest: Mapped[str]
    spent_at: Mapped[datetime | None]

    def spend(self) -> None:
        """Use it up; the first use counts."""
        self.spent_at = self.spent_at or now()


class Consent(TenantRow, Base):
    """A person's consent to one version of a statement (隐私协议)."""

    __tablename__ = "consent"
    account_id: Mapped[UUID]
    person_id: Mapped[UUID]
    statement: Mapped[str]
    """privacy"""
    number: Mapped[int]
    """Version of the statement in the pack."""
