"""Rows that repeat facts of other services; each knows the version it has."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from common.db import Base, TenantRow


class PolicyCopy(TenantRow, Base):
    """A policy (保单) as enrolment last told it. Names, numbers and cards are sealed."""

    __tablename__ = "policy_copy"
    version: Mapped[int]
    number: Mapped[str]
    person_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    product_code: Mapped[str]
    pack_version: Mapped[int]
    shares: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    ended_on: Mapped[date | None]
    """Last day of cover of a policy that was terminated before its term."""
    document_index: Mapped[str]
    document_number: Mapped[str]
    name: Mapped[str]
    mobile: Mapped[str | None]
    bank_card: Mapped[str | None]
    bank_name: Mapped[str | None]

    @property
    def last_day(self) -> date:
        """The last day on which the policy covers."""
        return min(self.ends_on, self.ended_on) if self.ended_on else self.ends_on

    def covers(self, day: date) -> bool:
        """Say whether the policy is in force on a day."""
        return self.starts_on <= day <= self.last_day


class PersonCopy(TenantRow, Base):
    """A person of the register as identity last told it."""

    __tablename__ = "person_copy"
    version: Mapped[int]
    document_index: Mapped[str]
    name: Mapped[str]
    mobile: Mapped[str | None]
    unit_id: Mapped[UUID | None]
    state: Mapped[str]
    account_id: Mapped[UUID | None]


class UnitCopy(TenantRow, Base):
    """A unit (单位) and where it stands in the union's tree."""

    __tablename__ = "unit_copy"
    version: Mapped[int]
    name: Mapped[str]
    org_path: Mapped[str]


class PersonCard(TenantRow, Base):
    """The card that a member wants to be paid on, sealed; `id` is the person's. None: there is none any more."""

    __tablename__ = "person_card"
    card: Mapped[str | None]
    bank_name: Mapped[str | None]
    changed_at: Mapped[datetime]


class UnitAlias(TenantRow, Base):
    """Another name of a unit in synchronised data, as the back office has linked it (row C.14)."""

    __tablename__ = "unit_alias"
    key: Mapped[str]
    """`common.identifiers.unit_name_key` of the name; unique in the tenant."""
    unit_id: Mapped[UUID]
    linked_at: Mapped[datetime]


class StaffCopy(TenantRow, Base):
    """An account of the union's staff: whom a task may be given to. `id` is the account's; the name is sealed."""

    __tablename__ = "staff_copy"
    version: Mapped[int]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    org_path: Mapped[str]
    active: Mapped[bool]
    name: Mapped[str | None]


class DocumentCopy(TenantRow, Base):
    """A document handed in, and what was read on it (sealed JSON)."""

    __tablename__ = "document_copy"
    owner_id: Mapped[UUID]
    person_id: Mapped[UUID | None]
    sha256: Mapped[str]
    outcome: Mapped[str | None]
    """recognized | unreadable; None while it is being read"""
    document_type: Mapped[str | None]
    recognition: Mapped[str | None] = mapped_column(default=None)
    recognized_at: Mapped[datetime | None] = mapped_column(default=None)
    """When that was said; what was said earlier replaces nothing."""
    phash: Mapped[str | None] = mapped_column(default=None)
    """Perceptual hash of the picture, as 16 hexadecimal digits."""
