"""Requests and responses of online payments."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.opinions import Reason

from ..amounts import Yuan


class PaymentStart(BaseModel):
    """How the payer wants to pay: a code to scan, a phone's browser, or inside WeChat with the open id."""

    model_config = ConfigDict(extra="forbid")

    mode: Literal["qr", "web", "wechat"] = "qr"
    open_id: Annotated[str, Field(min_length=6, max_length=128)] | None = None


class PaymentRefund(BaseModel):
    """What goes back, and why."""

    model_config = ConfigDict(extra="forbid")

    amount: Annotated[Decimal, Field(gt=0, max_digits=14, decimal_places=2)]
    reason: Reason


class OnlineRefundRead(BaseModel):
    """Money on its way back."""

    id: UUID
    amount: Yuan
    reason: str
    state: str
    """requested | done | refused: by the payment provider, for good"""
    by_bank: bool = False
    """Refused, and so paid by the union's bank."""
    created_at: datetime
    done_at: datetime | None


class PaymentRead(BaseModel):
    """An online payment. `handle` is for the payer's screen: `url` to open, `qr` to show, or `wechat` to call."""

    id: UUID
    number: str
    purpose: str
    subject_id: UUID
    title: str
    amount: Yuan
    channel: str
    mode: str
    state: str
    """open | paid | failed | closed | held"""
    state_text: str
    handle: dict[str, Any]
    expires_at: datetime
    amount_paid: Yuan | None
    paid_at: datetime | None
    refunded: Yuan
    refunds: list[OnlineRefundRead] = []
    late: bool = False
    """It arrived when nothing waited for it any more: no receipt is written, all of it goes back."""
    person_name: str | None = None
    """Who pays, masked; in lists only."""
    created_at: datetime
