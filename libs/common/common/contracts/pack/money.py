"""Where money comes from and how it is rounded: receiving account, funds, dues, rounding."""

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from .base import Code, Digits, Line, LocalText, Money, Part, PositiveMoney, Rate, broken

_MODES = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "down": ROUND_DOWN, "up": ROUND_UP}


class Account(Part):
    """The union's bank account that contributions are paid to (shown to the handler, manual 002 part 3.4)."""

    holder: Line
    bank: Line
    number: Annotated[Digits, Field(min_length=8, max_length=32)]


class Fund(Part):
    """A fund with a ledger of its own. `floor`: balance in yuan below which no batch is released."""

    code: Code
    title: LocalText
    kind: Literal["mutual_aid", "dues", "public_benefit"] = "mutual_aid"
    floor: Money = Decimal(0)


class DuesBand(Part):
    """Dues of a monthly wage up to `up_to` yuan (none: without limit): a fixed `amount` or a `rate` of the wage."""

    up_to: PositiveMoney | None = None
    amount: Money | None = None
    rate: Rate | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "DuesBand":
        if (self.amount is None) == (self.rate is None):
            raise broken("amount 与 rate 必须且只能写一个", "write exactly one of amount and rate")
        return self


class Dues(Part):
    """Membership dues 会费 (row A.05): flat or by salary band, per period."""

    fund: Code
    period: Literal["month", "quarter", "year"]
    flat: PositiveMoney | None = None
    bands: tuple[DuesBand, ...] = ()

    @model_validator(mode="after")
    def _one_way(self) -> "Dues":
        if (self.flat is None) == (not self.bands):
            raise broken("flat 与 bands 必须且只能写一个", "write exactly one of flat and bands")
        limits = [band.up_to for band in self.bands]
        if limits and (limits[-1] is not None or None in limits[:-1]):
            raise broken("只有最后一档不写 up_to", "only the last band has no up_to")
        known = [limit for limit in limits if limit is not None]
        if known != sorted(set(known)):
            raise broken("bands 的 up_to 必须递增", "the bands' up_to must increase")
        return self


class Rounding(Part):
    """How an amount is rounded: number of decimals (0 to 2) and what happens to a half."""

    places: Annotated[int, Field(ge=0, le=2)] = 2
    mode: Literal["half_up", "half_even", "down", "up"] = "half_up"

    def apply(self, amount: Decimal) -> Decimal:
        """Return the amount rounded, always with two decimals (as it is stored)."""
        rounded = amount.quantize(Decimal(1).scaleb(-self.places), rounding=_MODES[self.mode])
        return rounded.quantize(Decimal("0.01"))
