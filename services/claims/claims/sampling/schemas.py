"""Requests and answers of samples."""

from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from common.opinions import Opinion


class VerdictWrite(BaseModel):
    """Whether the rules decided rightly; what is wrong needs words."""

    model_config = ConfigDict(extra="forbid")

    verdict: Literal["confirmed", "wrong"]
    opinion: Opinion = ""


class RiskRead(BaseModel):
    """One reason why the decision is risky."""

    code: str
    points: int
    text: str


class SampleRead(BaseModel):
    """An automatic decision to look at afterwards. The draw can be made again from seed and claim."""

    id: UUID
    claim_id: UUID
    claim_number: str | None
    title: str
    amount: Decimal | None
    cause: str
    seed: str
    draw: Decimal
    share: Decimal
    risk: int
    risk_reasons: list[RiskRead]
    status: str
    stopped: bool
    """Its payout is stopped: two people alone let it go on"""
    claim_status: str
    opinion: str
    handler: str
    reviewed_at: datetime | None
    created_at: datetime
    version: int


class SampleSum(BaseModel):
    """Samples of one cause: how many wait, how many were found right and wrong, and the amount of the wrong ones."""

    cause: str
    open: int
    confirmed: int
    wrong: int
    wrong_amount: Decimal
    wrong_share: float | None
