"""What the reporting interface answers. No field names a person, an illness or a receipt."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel, Field

from .rules import MOST_DAYS


class KeyCreate(BaseModel):
    """A key that is wanted: what for, for how many days, and for which branch ("/" the whole union)."""

    name: str = Field(min_length=1, max_length=60)
    days: int = Field(default=365, ge=1, le=MOST_DAYS)
    scope: str = Field(default="/", max_length=200, pattern=r"^/([a-z0-9_-]+/)*$")


class KeyRead(BaseModel):
    """A key without its secret."""

    id: UUID
    name: str
    scope: str
    created_at: datetime
    expires_on: date
    revoked_at: datetime | None
    last_used_on: date | None
    works: bool


class KeyMade(KeyRead):
    """A new key; `key` is shown this once."""

    key: str


class DayFact(BaseModel):
    """What a unit paid in and was paid for a product on a day; `enrolled` by the day on which cover begins."""

    id: UUID
    day: date
    unit_id: UUID
    product_code: str
    contributions: Decimal
    enrolled: int
    paid: Decimal
    paid_claims: int


class ClaimFact(BaseModel):
    """An application: kind, product, unit, state, days and amount."""

    id: UUID
    kind: str
    product_code: str | None
    unit_id: UUID | None
    status: str
    opened_by: str
    automatic: bool
    event_on: date | None
    submitted_on: date
    decided_on: date | None
    paid_on: date | None
    amount: Decimal | None


class UnitFact(BaseModel):
    """A unit and its place in the organisation."""

    id: UUID
    name: str
    org_path: str


class ProductFact(BaseModel):
    """A product of the union's present pack."""

    code: str
    title: str


class FundFact(BaseModel):
    """A fund as it stands: in the bank, owed, and free for release."""

    fund: str
    title: str
    bank: Decimal
    claims_payable: Decimal
    refunds_payable: Decimal
    in_transit: Decimal
    available: Decimal
