"""The monthly list, how far it has come, and who was told."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from common.clock import now
from common.db import TenantRow

from ..tables import Base


class RenewalRun(TenantRow, Base):
    """A month's list; `month` is its first day."""

    __tablename__ = "renewal_run"
    month: Mapped[date]
    told_to: Mapped[UUID | None] = mapped_column(default=None)
    """The last unit that has been looked at; units are told in the order of their ids."""
    told: Mapped[int] = mapped_column(default=0)
    told_at: Mapped[datetime | None] = mapped_column(default=None)
    """When every unit had been looked at."""

    def advance(self, *, told: int, to: UUID | None) -> None:
        """Count messages; without a unit to go on from, everybody has been told."""
        self.told += told
        self.told_to = to
        if to is None:
            self.told_at = now()


class RenewalEntry(TenantRow, Base):
    """A policy on a month's list; it stays there, and is shown until it is renewed or ended."""

    __tablename__ = "renewal_entry"
    month: Mapped[date]
    unit_id: Mapped[UUID]
    product_code: Mapped[str]
    policy_id: Mapped[UUID]
    person_id: Mapped[UUID]
    ends_on: Mapped[date]


class RenewalNotice(TenantRow, Base):
    """A unit was told about its list of a month: unique, so that nobody is told twice."""

    __tablename__ = "renewal_notice"
    month: Mapped[date]
    unit_id: Mapped[UUID]
    people: Mapped[int]
