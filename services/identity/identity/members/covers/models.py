"""Rows that repeat facts of enrollment and claims; each knows the version it has. They name nobody."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Mapped

from common.db import Base, TenantRow


class MemberPolicy(TenantRow, Base):
    """A policy (保单) of a member."""

    __tablename__ = "member_policy"
    version: Mapped[int]
    number: Mapped[str]
    person_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    product_code: Mapped[str]
    shares: Mapped[int]
    contribution: Mapped[Decimal]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    status: Mapped[str]
    """in_force | terminated"""
    ended_on: Mapped[date | None]


class MemberClaim(TenantRow, Base):
    """A claim (理赔) of a member."""

    __tablename__ = "member_claim"
    version: Mapped[int]
    number: Mapped[str]
    person_id: Mapped[UUID]
    kind: Mapped[str]
    product_code: Mapped[str]
    status: Mapped[str]
    amount: Mapped[Decimal | None]


class MemberPayout(TenantRow, Base):
    """A payout (给付) of a member's claim."""

    __tablename__ = "member_payout"
    version: Mapped[int]
    claim_id: Mapped[UUID]
    person_id: Mapped[UUID]
    amount: Mapped[Decimal]
    status: Mapped[str]
    """requested | paid | failed | withdrawn"""
    paid_on: Mapped[date | None]


class MemberMatter(TenantRow, Base):
    """An application for cover, or an online payment, of a member, and whether it is under way."""

    __tablename__ = "member_matter"
    person_id: Mapped[UUID]
    kind: Mapped[str]
    """application | payment"""
    number: Mapped[str]
    open: Mapped[bool]
    told_at: Mapped[datetime]


class MemberRefund(TenantRow, Base):
    """A refund (退费) that is owed to a member; `version` is the payout's as claims last told it, 0 before."""

    __tablename__ = "member_refund"
    version: Mapped[int]
    person_id: Mapped[UUID | None]
    """None until enrollment's word of it has arrived, where that of its payment came first."""
    status: Mapped[str]
    """due | paid | failed"""
