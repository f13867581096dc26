"""Policies, the slot that makes double cover impossible, and the runs that tell policies again."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from common.clock import now
from common.db import TenantRow, VersionedRow

from ..tables import Base
from .errors import PolicyNotInForce


class Cover(TenantRow, Base):
    """The slot of a person and product: how far the person is covered, and which order in progress holds it.

    One row per person and product, so that nobody is on two orders in progress or covered twice. `terms` counts the
    terms issued; a policy's `term` is its number in that count, and (tenant, person, product,
    term) is unique.
    """

    __tablename__ = "cover"
    person_id: Mapped[UUID]
    product_code: Mapped[str]
    covered_until: Mapped[date | None]
    terms: Mapped[int] = mapped_column(default=0)
    shares: Mapped[int] = mapped_column(default=0)
    """Shares of the term that runs or comes last."""
    order_id: Mapped[UUID | None] = mapped_column(default=None)
    """The order in progress that the person is on; see `slots`."""


class Policy(VersionedRow, Base):
    """A policy 保单: one person, one product, one term; first and last day included."""

    __tablename__ = "policy"
    number: Mapped[str]
    person_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    order_id: Mapped[UUID]
    product_code: Mapped[str]
    pack_version: Mapped[int]
    term: Mapped[int]
    shares: Mapped[int]
    contribution: Mapped[Decimal]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    status: Mapped[str] = mapped_column(default="in_force")
    """in_force | terminated"""
    ended_on: Mapped[date | None] = mapped_column(default=None)
    """Last day of cover of a terminated policy; the day before `starts_on` if cover never began"""
    share_limit: Mapped[int | None] = mapped_column(default=None)
    document_kind: Mapped[str]
    document_token: Mapped[str]
    document_index: Mapped[str]
    name_token: Mapped[str]
    name_index: Mapped[str]
    mobile_token: Mapped[str | None]
    mobile_index: Mapped[str | None]
    card_token: Mapped[str | None]
    card_index: Mapped[str | None]
    bank_name: Mapped[str | None]

    def end(self, *, on: date) -> None:
        """End cover before its term with the day `on`; PolicyNotInForce if it has ended."""
        if self.status != "in_force" or on >= self.ends_on:
            raise PolicyNotInForce(number=self.number)
        self.status, self.ended_on = "terminated", max(on, self.starts_on - timedelta(days=1))
        self.touch()


class PolicySnapshot(TenantRow, Base):
    """A run that tells all policies again, so that another service can rebuild its copy."""

    __tablename__ = "policy_snapshot"
    requested_by: Mapped[UUID]
    after: Mapped[UUID | None] = mapped_column(default=None)
    told: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None] = mapped_column(default=None)

    def advance(self, *, told: int, after: UUID | None) -> None:
        """Count a batch; without a place to go on from, the run is over."""
        self.told += told
        self.after = after
        if after is None:
            self.finished_at = now()
