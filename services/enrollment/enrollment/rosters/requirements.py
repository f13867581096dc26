"""What a product asks of the rows of its roster, as plain values that can travel to a worker process."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from common import clock

Sex = Literal["female", "male"]
AgeVerdict = Literal["ok", "under", "over"]


@dataclass(frozen=True, slots=True)
class AgeBounds:
    """Age in years, exact to the day: at least (from that birthday on), above (after it), below (before it)."""

    at_least: int | None = None
    above: int | None = None
    below: int | None = None

    def verdict(self, *, born: date, on: date) -> AgeVerdict:
        """Say whether somebody born on `born` is within the bounds on the day `on`."""
        if self.at_least is not None and on < birthday(born, self.at_least):
            return "under"
        if self.above is not None and on <= birthday(born, self.above):
            return "under"
        if self.below is not None and on >= birthday(born, self.below):
            return "over"
        return "ok"


def birthday(born: date, years: int) -> date:
    """Return the day on which `years` are completed; who was born on 29 February has it on 1 March."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


@dataclass(frozen=True, slots=True)
class RosterColumn:
    """A column: the field it fills, its heading, other headings it is known by, the hint above it."""

    field: str
    title: str
    aliases: tuple[str, ...] = ()
    hint: str = ""
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterRules:
    """What a product asks of a row.

    `counted_on`: the day on which age counts (None: today). `never_above`: age in years beyond which papers of
    postponed retirement do not help. `member_required`: whether the register must know the person already.
    `unit`: the id of the ordering unit, to be compared with the register's. `examples`: rows as a whole that
    templates carry; their names with a masked ID number are examples too. `share_limit`: shares a person may hold;
    `price`: yuan per share, for sheets that name amounts; `shares_for_all`: for everybody, whatever the sheet says.
    """

    title: str
    columns: tuple[RosterColumn, ...]
    header_row: int = 3
    numbered: bool = True
    card_luhn: bool = True
    sexes: tuple[Sex, ...] = ("female", "male")
    ages: Mapping[Sex, AgeBounds] = field(default_factory=dict)
    never_above: int | None = None
    counted_on: date | None = None
    share_limit: int = 1
    price: Decimal | None = None
    shares_for_all: int | None = None
    member_required: bool = False
    unit: str | None = None
    examples: tuple[Mapping[str, str], ...] = ()
    required: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """Work out the fields that a row must fill, once: it is asked for every row."""
        required = {column.field for column in self.columns if column.required} | {"name", "id_number"}
        object.__setattr__(self, "required", frozenset(required))

    @property
    def age_day(self) -> date:
        """The day on which age counts."""
        return self.counted_on or clock.today()
