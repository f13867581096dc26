"""Copies of facts of identity and enrollment. The owner's version decides which fact is newer."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Mapped

from common.db import Base, TenantRow


class PersonCopy(TenantRow, Base):
    """A person of the register; `id` is the person's. Name and facts (born, sex) are sealed."""

    __tablename__ = "person_copy"
    version: Mapped[int]
    name: Mapped[str]
    """Sealed, context "person.name"."""
    facts: Mapped[str]
    """Sealed JSON {"born", "sex"}, context "person.facts": read from the document number, which is not kept."""
    state: Mapped[str]
    unit_id: Mapped[UUID | None]


class UnitCopy(TenantRow, Base):
    """A unit 单位 and where it stands in the union's tree; `id` is the unit's."""

    __tablename__ = "unit_copy"
    version: Mapped[int]
    name: Mapped[str]
    org_path: Mapped[str]


class PolicyCopy(TenantRow, Base):
    """A policy 保单, as far as it says who is covered by what and when; `id` is the policy's."""

    __tablename__ = "policy_copy"
    version: Mapped[int]
    person_id: Mapped[UUID]
    product_code: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    ended_on: Mapped[date | None]
