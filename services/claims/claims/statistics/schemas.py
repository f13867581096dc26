"""What the statistics answer."""

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


class StatisticsRead(BaseModel):
    """Totals and the rows they are made of."""

    contributions: Decimal
    enrolled: int
    paid: Decimal
    paid_claims: int
    rows: list[StatisticRead]
