"""Rows that belong to one member; every personal value is sealed."""

from uuid import UUID

from sqlalchemy.orm import Mapped

from common.db import Base, TenantRow, VersionedRow


class OwnedRow(VersionedRow):
    """A row of one person's."""

    person_id: Mapped[UUID]


class FiledDocument(OwnedRow, Base):
    """A document photographed once (我的证件): the ocr service's id, and what was read on it."""

    __tablename__ = "filed_document"
    applicant_id: Mapped[UUID | None]
    """Set for a frequent applicant's document."""
    kind: Mapped[str]
    """id_card | bank_card | social_security_card"""
    document_id: Mapped[UUID]
    media_type: Mapped[str]
    sha256: Mapped[str]
    state: Mapped[str]
    """reading | read | unreadable | other_kind (it is another document than was said, or somebody else's)"""
    fields_sealed: Mapped[str | None]

    @property
    def standing(self) -> str:
        """The state as its owner is told it: of somebody else's card nothing that was read is kept (not_own)."""
        return "not_own" if self.state == "other_kind" and self.fields_sealed is None else self.state

    def turn_away(self) -> None:
        """It is somebody else's: it is not used, and what was read goes."""
        self.recognise("other_kind", None)

    def recognise(self, state: str, fields_sealed: str | None) -> None:
        """Take what was read."""
        self.state, self.fields_sealed = state, fields_sealed
        self.touch()


class RecognitionCopy(TenantRow, Base):
    """What ocr said of a card before its owner put it on file; forgotten after a week. `id` is the document's."""

    __tablename__ = "recognition_copy"
    person_id: Mapped[UUID | None]
    owner_id: Mapped[UUID]
    outcome: Mapped[str]
    document_type: Mapped[str]
    fields_sealed: Mapped[str]


class FrequentApplicant(OwnedRow, Base):
    """Somebody for whom a member often applies (常用申请人)."""

    __tablename__ = "frequent_applicant"
    relation: Mapped[str]
    """Of this person to the member: self (of before) | spouse | child | parent | sibling | colleague | other"""
    name_sealed: Mapped[str]
    document_kind: Mapped[str]
    document_sealed: Mapped[str]
    document_index: Mapped[str]
    mobile_sealed: Mapped[str | None]
    card_sealed: Mapped[str | None]
    bank_name: Mapped[str | None]
    social_security_sealed: Mapped[str | None]


class BankCard(OwnedRow, Base):
    """A bank card of the member's own; the default one is offered for payouts."""

    __tablename__ = "bank_card"
    card_sealed: Mapped[str]
    card_index: Mapped[str]
    bank_name: Mapped[str]
    holder_sealed: Mapped[str]
    is_default: Mapped[bool]

    def set_default(self, default: bool) -> None:
        """Be offered first, or no more."""
        if self.is_default != default:
            self.is_default = default
            self.touch()


class Address(OwnedRow, Base):
    """Where things are sent to (收件地址)."""

    __tablename__ = "address"
    recipient_sealed: Mapped[str]
    mobile_sealed: Mapped[str]
    region: Mapped[str]
    detail_sealed: Mapped[str]
    postcode: Mapped[str | None]
    is_default: Mapped[bool]

    def set_default(self, default: bool) -> None:
        """Be offered first, or no more."""
        if self.is_default != default:
            self.is_default = default
            self.touch()


class Preference(VersionedRow, Base):
    """Which messages a member wants (设置); `id` is the person's. Without a row all of them."""

    __tablename__ = "preference"
    enrolment_sms: Mapped[bool]
    service_notices: Mapped[bool]

    def choose(self, *, enrolment_sms: bool, service_notices: bool) -> None:
        """Take the switches."""
        self.enrolment_sms, self.service_notices = enrolment_sms, service_notices
        self.touch()
