"""Accounts, their sessions, refresh tokens and consents."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from common.clock import now
from common.db import Base, TenantRow, VersionedRow
from common.events import Sealed

from .errors import MobileMissing


class Account(VersionedRow, Base):
    """Somebody who signs in: a member, a unit's handler (经办人) or the union's staff (工作人员)."""

    __tablename__ = "account"
    kind: Mapped[str]
    """member | handler | staff"""
    status: Mapped[str] = mapped_column(default="active")
    """active | held (signs in no more until the back office decides) | closed"""
    held_reason: Mapped[str | None]
    mobile_sealed: Mapped[str | None]
    """None where a portal or a host app opened the account and told no mobile."""
    mobile_index: Mapped[str | None]
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
    language: Mapped[str | None] = mapped_column(default=None)
    """zh | en: the language of messages; None: nothing was chosen, which is Chinese."""
    language_chosen_at: Mapped[datetime | None] = mapped_column(default=None)

    @property
    def known_mobile(self) -> str:
        """The sealed mobile; MobileMissing where there is none."""
        if self.mobile_sealed is None:
            raise MobileMissing
        return self.mobile_sealed

    def change_mobile(self, sealed: Sealed) -> None:
        """Take another mobile, which its owner has proved."""
        self.mobile_sealed, self.mobile_index = sealed.ciphertext, sealed.index
        self.touch()

    def choose_language(self, language: str) -> None:
        """Take the language of messages; no change of what the account may do."""
        self.language, self.language_chosen_at = language, now()

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

    def reopen(self) -> None:
        """Let a closed account be used again."""
        self.status, self.held_reason = "active", None
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
    """signed_out | signed_out_everywhere | reused | unbound | …"""
    device: Mapped[str | None]
    """What the browser or app calls itself, shortened."""
    way: Mapped[str | None]
    """sms | password | wechat | portal:<code> | host:<code>"""
    confirmed_at: Mapped[datetime | None]
    """When the account's mobile was last proved in this session: at the sign-in by SMS, or since (docs/adr/0033)."""

    @property
    def is_open(self) -> bool:
        """Whether it may still be refreshed."""
        return self.ended_at is None and self.expires_at > now()

    def refresh(self, *, until: datetime | None = None) -> None:
        """Note that new tokens were given; `until`: it now lasts as long as that."""
        self.refreshed_at = now()
        if until is not None:
            self.expires_at = max(self.expires_at, until)

    def confirm(self) -> datetime:
        """Note that its owner has just proved who they are; return when."""
        self.confirmed_at = now()
        return self.confirmed_at

    def end_by(self, at: datetime) -> None:
        """Let it last no longer than this, whatever its use."""
        self.expires_at = min(self.expires_at, at)

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
    """privacy | face (to a face verification, under the privacy statement of that version)"""
    number: Mapped[int]
    """Version of the statement in the pack."""


class AccountLink(TenantRow, Base):
    """That a user of another system (WeChat, a portal, a host app) is the owner of an account here."""

    __tablename__ = "account_link"
    account_id: Mapped[UUID]
    provider: Mapped[str]
    """wechat | portal:<code> | host:<code>"""
    subject_index: Mapped[str]
    subject_sealed: Mapped[str]
