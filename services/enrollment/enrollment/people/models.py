"""The people on an order. Personal values are sealed."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from common.db import TenantRow

from ..tables import Base


class OrderPerson(TenantRow, Base):
    """A person on an order, insurable 可参保 or not 不可参保 with all reasons.

    `outcome`: "covered_meanwhile" if another order got the person before this one was issued, "not_eligible" if the
    age no longer fits on the first day of cover, "claim_open" if somebody who was to leave has an undecided claim.
    """

    __tablename__ = "order_person"
    order_id: Mapped[UUID]
    import_id: Mapped[UUID | None]
    sheet_row: Mapped[int | None]
    person_id: Mapped[UUID | None]
    document_kind: Mapped[str]
    document_token: Mapped[str | None]
    document_index: Mapped[str | None]
    name_token: Mapped[str | None]
    name_index: Mapped[str | None]
    mobile_token: Mapped[str | None]
    mobile_index: Mapped[str | None]
    card_token: Mapped[str | None]
    card_index: Mapped[str | None]
    bank_name: Mapped[str | None]
    note_token: Mapped[str | None]
    shares: Mapped[int]
    insurable: Mapped[bool]
    reasons: Mapped[list[dict[str, Any]]]
    outcome: Mapped[str | None] = mapped_column(default=None)
    action: Mapped[str] = mapped_column(default="add")
    """add | remove (of an amendment)"""
    policy_id: Mapped[UUID | None] = mapped_column(default=None)
    """The policy that ends, of a person who is removed."""
    contribution: Mapped[Decimal | None] = mapped_column(default=None)
    """Yuan for the rest of a running term; None: the product's contribution for a whole term."""
    surplus: Mapped[Decimal | None] = mapped_column(default=None)
    """Yuan that were paid beyond `contribution`: the cover began later than was expected when the amount was asked."""
