"""Samples and the seeds of their draws."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from common.clock import now
from common.db import Base, TenantRow, VersionedRow

from .errors import SampleReviewed


class SampleSeed(TenantRow, Base):
    """The secret seed of a month's draws; recorded, so that every draw can be made again."""

    __tablename__ = "sample_seed"
    period: Mapped[str]
    seed: Mapped[str]


class Sample(VersionedRow, Base):
    """An automatic decision that a person looks at afterwards."""

    __tablename__ = "sample"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "claim_id"], ["claim.tenant_id", "claim.id"]),)
    claim_id: Mapped[UUID]
    cause: Mapped[str]
    """random | risk"""
    seed: Mapped[str]
    draw: Mapped[Decimal] = mapped_column(Numeric(12, 10))
    share: Mapped[Decimal] = mapped_column(Numeric(7, 6))
    risk: Mapped[int]
    risk_reasons: Mapped[list[dict[str, Any]]]
    org_path: Mapped[str]
    status: Mapped[str] = mapped_column(default="open")
    """open | confirmed | wrong"""
    opinion: Mapped[str | None]
    handler_id: Mapped[UUID | None]
    handler: Mapped[str] = mapped_column(default="")
    reviewed_at: Mapped[datetime | None]

    def judge(self, verdict: str, *, opinion: str | None, handler_id: UUID, handler: str) -> None:
        """Say whether the rules decided rightly."""
        if self.status != "open":
            raise SampleReviewed
        self.status, self.opinion = verdict, opinion
        self.handler_id, self.handler, self.reviewed_at = handler_id, handler, now()
        self.touch()
