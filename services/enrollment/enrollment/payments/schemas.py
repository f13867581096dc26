"""Requests of payments."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.opinions import Reason

Receipt = Annotated[str, Field(max_length=4000, description="上传文件时得到的文件回执 receipt")]


class PaperGiven(BaseModel):
    """A paper by its code in the product, with the receipt ocr gave for it."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, Field(max_length=40)]
    receipt: Receipt


class PaymentReport(BaseModel):
    """What the handler paid, the bank voucher (a picture) and the stamped papers (pdf), as document receipts."""

    model_config = ConfigDict(extra="forbid")

    amount: Annotated[Decimal, Field(gt=0, max_digits=14, decimal_places=2)]
    voucher: Receipt
    papers: Annotated[list[Receipt | PaperGiven], Field(max_length=10)] = []


class PaymentRefusal(BaseModel):
    """Why finance sends a reported payment back."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason


class PaperLink(BaseModel):
    """A paper of a payment or a termination with a short-lived signed link to its content."""

    document_id: UUID
    kind: str
    """voucher | stamped | signed"""
    title: str
    url: str
    expires_at: datetime


class PaperLinks(BaseModel):
    """The papers that were handed in with a payment or a termination."""

    items: list[PaperLink]
