"""Responses of receipts."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel

from ..amounts import Yuan


class ReceiptLine(BaseModel):
    """A line of a receipt."""

    title: str
    quantity: int
    amount: Yuan


class ReceiptRead(BaseModel):
    """A receipt; a person who paid is masked."""

    id: UUID
    number: str
    kind: str
    """order | cover | dues"""
    subject_id: UUID
    payer: str
    amount: Yuan
    amount_in_capitals: str
    lines: list[ReceiptLine]
    remark: str | None
    issued_on: date
    prints: int
    refunded: Yuan
    """Yuan that went back since."""
    refunded_on: date | None
