"""Persons of the register (会员) and the history of their facts."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from common.clock import today
from common.db import Base, TenantRow, VersionedRow
from common.ids import new_id

from .errors import AlreadyBound


class PersonFacts:
    """The facts of a person that change over time, sealed where they are personal."""

    state: Mapped[str]
    """new | reported | confirmed | returned | left"""
    unit_id: Mapped[UUID | None]
    document_kind: Mapped[str]
    document_sealed: Mapped[str]
    document_index: Mapped[str]
    name_sealed: Mapped[str]
    mobile_sealed: Mapped[str | None]
    mobile_index: Mapped[str | None]
    effective_on: Mapped[date] = mapped_column(default=today)
    pack_version: Mapped[int]


FACTS = (
    "state", "unit_id", "document_kind", "document_sealed", "document_index", "name_sealed", "mobile_sealed",
    "mobile_index", "effective_on", "pack_version",
)  # fmt: skip


class Person(PersonFacts, VersionedRow, Base):
    """A person as the facts are now; `id` follows from the first document number (`TenantKeys.person_id`)."""

    __tablename__ = "person"
    account_id: Mapped[UUID | None]

    def bind(self, account_id: UUID) -> None:
        """Join the person's one app account; AlreadyBound if there is one."""
        if self.account_id is not None:
            raise AlreadyBound
        self.account_id = account_id
        self.touch()

    def change(self, changes: dict[str, object]) -> bool:
        """Take new facts, effective today; returns whether anything is new."""
        new = {name: value for name, value in changes.items() if getattr(self, name) != value}
        for name, value in new.items():
            setattr(self, name, value)
        if new:
            self.effective_on = today()
            self.touch()
        return bool(new)

    def facts_row(self, reason: str) -> "PersonRecord":
        """Return the facts as they are now for the history; `reason` says why they changed."""
        facts = {name: getattr(self, name) for name in FACTS}
        return PersonRecord(id=new_id(), person_id=self.id, number=self.version, reason=reason, **facts)


class PersonRecord(PersonFacts, TenantRow, Base):
    """One state of a person's facts, never changed: `number` is the person's version it began with."""

    __tablename__ = "person_record"
    person_id: Mapped[UUID]
    number: Mapped[int]
    reason: Mapped[str]
    """registered | rostered | bound"""
