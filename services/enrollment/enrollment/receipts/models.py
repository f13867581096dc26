"""A receipt; what it says never changes."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from common.db import TenantRow

from ..tables import Base


class Receipt(TenantRow, Base):
    """A receipt 收据. The payer is a unit by its name, or a person by the sealed one."""

    __tablename__ = "receipt"
    number: Mapped[str]
    kind: Mapped[str]
    """order | cover | dues"""
    subject_id: Mapped[UUID]
    fund: Mapped[str]
    unit_id: Mapped[UUID]
    person_id: Mapped[UUID | None]
    payer_name: Mapped[str | None]
    payer_token: Mapped[str | None]
    amount: Mapped[Decimal]
    lines: Mapped[list[dict[str, Any]]]
    remark: Mapped[str | None]
    issued_by: Mapped[UUID]
    issued_on: Mapped[date]
    prints: Mapped[int] = mapped_column(default=0)
