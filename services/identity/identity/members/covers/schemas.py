"""Answers about a member's cover."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel


class MemberPolicyRead(BaseModel):
    """A policy of a member."""

    id: UUID
    number: str
    product_code: str
    product: str
    unit_id: UUID
    unit_name: str | None
    shares: int
    contribution: Decimal
    starts_on: date
    ends_on: date
    status: str
    ended_on: date | None


class MemberClaimRead(BaseModel):
    """A claim of a member."""

    id: UUID
    number: str
    kind: str
    product_code: str
    product: str
    status: str
    amount: Decimal | None


class MemberPayoutRead(BaseModel):
    """A payout of a member's claim."""

    id: UUID
    claim_id: UUID
    amount: Decimal
    status: str
    paid_on: date | None


class MemberCoverRead(BaseModel):
    """Enrolments (投保历史), claims (理赔历史) and payouts of a member."""

    policies: list[MemberPolicyRead]
    claims: list[MemberClaimRead]
    payouts: list[MemberPayoutRead]
