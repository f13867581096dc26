"""What the statistics answer; amounts in yuan."""

from datetime import date, datetime
from decimal import Decimal

from pydantic import BaseModel


class StatisticRead(BaseModel):
    """Sums of a product and year: contributions, person-times enrolled (参保人次), paid, number of paid claims."""

    product_code: str
    product: str
    year: int
    contributions: Decimal
    enrolled: int
    paid: Decimal
    paid_claims: int
    loss_ratio: Decimal | None


class StatisticsRead(BaseModel):
    """Totals and the rows they are made of; `loss_ratio` 赔付率 is paid ÷ contributions."""

    contributions: Decimal
    enrolled: int
    paid: Decimal
    paid_claims: int
    loss_ratio: Decimal | None
    rows: list[StatisticRead]


class MonthRead(BaseModel):
    """The sums of a month; `month` is its first day."""

    month: date
    contributions: Decimal
    enrolled: int
    paid: Decimal
    paid_claims: int
    loss_ratio: Decimal | None


class SeriesRead(BaseModel):
    """Months in their order, without gaps: what a chart draws."""

    months: list[MonthRead]


class Bucket(BaseModel):
    """How many payouts took so many days ("4-7")."""

    days: str
    payouts: int


class TimesRead(BaseModel):
    """Days from hand-in to the bank's day, and how they are spread."""

    payouts: int
    average_days: Decimal | None
    median_days: int | None
    p90_days: int | None
    buckets: list[Bucket]


class BacklogRead(BaseModel):
    """What waits at a node, and for how long."""

    kind: str
    kind_title: str
    node: str
    node_title: str
    claims: int
    amount: Decimal
    oldest_since: datetime
    oldest_days: int
    up_to_1_day: int
    up_to_3_days: int
    up_to_7_days: int
    longer: int


class FundStanding(BaseModel):
    """A fund: in the bank, owed, on its way, free for release; `covered` if all that is owed can be paid."""

    fund: str
    title: str
    bank: Decimal
    owed: Decimal
    refunds_owed: Decimal
    in_transit: Decimal
    available: Decimal
    floor: Decimal
    covered: bool
