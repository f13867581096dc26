"""A binding under way: who, by which verification, how far."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from common.clock import now
from common.db import Base, VersionedRow

from .errors import FaceNotBegun, WrongStep

SIGN_IN_AFTER_BOUND = timedelta(minutes=10)


class Binding(VersionedRow, Base):
    """A person's way to an account (bind), back to it (recover) or to another number (change_mobile).

    It belongs to the device that has its token, of which only the digest is stored.
    """

    __tablename__ = "binding"
    person_id: Mapped[UUID]
    purpose: Mapped[str]
    """bind | recover | change_mobile"""
    state: Mapped[str]
    """face | other_ways | bound | ended"""
    account_id: Mapped[UUID | None]
    document_kind: Mapped[str]
    document_sealed: Mapped[str]
    name_sealed: Mapped[str]
    mobile_sealed: Mapped[str]
    mobile_index: Mapped[str]
    link_sealed: Mapped[str | None]
    """The WeChat or portal user to be linked, sealed."""
    token_digest: Mapped[str]
    consent_number: Mapped[int | None]
    face_consent_at: Mapped[datetime | None]
    face_token: Mapped[str | None]
    face_failures: Mapped[int] = mapped_column(default=0)
    bank_failures: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime]
    bound_at: Mapped[datetime | None]
    bound_by: Mapped[str | None]
    """face | bank_card | staff"""
    confirmed_by: Mapped[UUID | None]
    signed_in_at: Mapped[datetime | None]
    refused_by: Mapped[UUID | None]
    refused_reason: Mapped[str | None]
    """Why staff could not confirm who asked, sealed."""

    @property
    def is_open(self) -> bool:
        """Whether it can still lead to an account."""
        return self.state in {"face", "other_ways"} and self.expires_at > now()

    @property
    def may_sign_in(self) -> bool:
        """Whether the device may open its first session: once bound, and soon after the first time."""
        if self.state != "bound" or self.expires_at <= now():
            return False
        return self.signed_in_at is None or now() - self.signed_in_at <= SIGN_IN_AFTER_BOUND

    def require(self, state: str) -> None:
        """WrongStep unless it stands there."""
        if self.state != state or not self.is_open:
            raise WrongStep

    def begin_face(self, token: str) -> None:
        """A face verification was opened; the one before counts no more."""
        self.face_token = token
        self.touch()

    def face_ended(self, token: str, *, next_state: str) -> None:
        """A verification failed; of two reports of the same one only the first counts."""
        if self.face_token != token:
            raise FaceNotBegun
        self.face_failures += 1
        self.face_token, self.state = None, next_state
        self.touch()

    def card_failed(self) -> None:
        """The four factors did not match."""
        self.bank_failures += 1
        self.touch()

    def card_undecided(self) -> None:
        """The banks could not say: the try does not count."""
        self.bank_failures = max(self.bank_failures - 1, 0)
        self.touch()

    def bind(self, account_id: UUID, *, by: str, staff: UUID | None = None) -> None:
        """It is done."""
        self.account_id, self.state, self.face_token = account_id, "bound", None
        self.bound_at, self.bound_by, self.confirmed_by = now(), by, staff
        self.touch()

    def end(self) -> None:
        """Give it up."""
        self.state, self.face_token = "ended", None
        self.touch()

    def refuse(self, *, by: UUID, reason: str) -> None:
        """Staff could not confirm who asked: it is over, and says why."""
        self.require("other_ways")
        self.refused_by, self.refused_reason = by, reason
        self.end()

    def note_sign_in(self) -> None:
        """Remember when its device first got tokens."""
        self.signed_in_at = self.signed_in_at or now()
