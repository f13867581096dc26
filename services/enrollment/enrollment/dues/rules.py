"""Pure rules of dues: the amount of a period, and which periods there are."""

from datetime import date
from decimal import Decimal
from typing import Literal

from common.contracts.pack.money import Dues, DuesBand, Rounding
from common.text import Text

Every = Literal["month", "quarter", "year"]
FLAT = Text("每期 {amount} 元", "{amount} yuan per period")
UP_TO = Text("月工资 {up_to} 元及以下", "monthly wage up to {up_to} yuan")
BETWEEN = Text("月工资 {above} 元以上至 {up_to} 元", "monthly wage above {above} and up to {up_to} yuan")
ABOVE = Text("月工资 {above} 元以上", "monthly wage above {above} yuan")
FIXED = Text("{who}：{amount} 元", "{who}: {amount} yuan")
SHARE = Text("{who}：月工资的 {rate}%", "{who}: {rate} % of the monthly wage")


def band_of(dues: Dues, wage: Decimal) -> DuesBand:
    """Return the band of a monthly wage; a wage at the limit belongs to the lower band."""
    return next(band for band in dues.bands if band.up_to is None or wage <= band.up_to)


def dues_of(dues: Dues, wage: Decimal | None, rounding: Rounding) -> Decimal:
    """Return the dues of one period in yuan; ValueError where a band is needed and no wage is given."""
    if dues.flat is not None:
        return rounding.apply(dues.flat)
    if wage is None:
        raise ValueError("dues by salary band need the wage")
    band = band_of(dues, wage)
    return rounding.apply(band.amount if band.amount is not None else wage * (band.rate or Decimal(0)))


def periods_of(every: Every, year: int) -> list[str]:
    """Return the periods of a year: 2026-01 …, 2026-Q1 …, or 2026."""
    if every == "month":
        return [f"{year}-{month:02d}" for month in range(1, 13)]
    if every == "quarter":
        return [f"{year}-Q{quarter}" for quarter in range(1, 5)]
    return [str(year)]


def period_of(every: Every, day: date) -> str:
    """Return the period in which a day lies."""
    if every == "month":
        return f"{day.year}-{day.month:02d}"
    return f"{day.year}-Q{(day.month + 2) // 3}" if every == "quarter" else str(day.year)


def described(dues: Dues) -> list[Text]:
    """Return the tariff in words, one sentence per band."""
    if dues.flat is not None:
        return [FLAT.format(amount=f"{dues.flat:.2f}")]
    limits = [None, *(band.up_to for band in dues.bands)]
    return [_described(band, above) for above, band in zip(limits, dues.bands, strict=False)]


def _described(band: DuesBand, above: Decimal | None) -> Text:
    sentence = UP_TO if above is None else ABOVE if band.up_to is None else BETWEEN
    who = sentence.format(up_to=f"{band.up_to or 0:.0f}", above=f"{above or 0:.0f}")
    text, values = (
        (FIXED, {"amount": f"{band.amount:.2f}"})
        if band.amount is not None
        else (SHARE, {"rate": f"{(band.rate or Decimal(0)) * 100:.2f}".rstrip("0").rstrip(".")})
    )
    return Text(text.zh.format(who=who.zh, **values), text.en.format(who=who.en, **values))
