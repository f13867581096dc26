"""Benefit formulas as data: what a covered event pays, from which inputs, up to which caps (待遇, row N.03).

The arithmetic lives in the claims service (claims.benefits); here is only what a union may write.
"""

from decimal import Decimal
from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from .base import Code, Days, LocalText, Money, Part, PositiveMoney, Rate, broken

EventKind = Literal[
    "hospital", "outpatient", "critical_illness", "special_illness", "accident", "condolence", "loan",
]  # fmt: skip
CostInput = Literal[
    "total_cost", "pooled_paid", "other_paid", "account_paid", "cash_paid",
    "self_paid", "own_expense", "other_sources",
]  # fmt: skip
ChoiceInput = Literal["illness", "grade", "reason"]

COSTS: frozenset[str] = frozenset(get_args(CostInput))
_CARE = COSTS | {"event_date", "admission_date", "discharge_date", "hospital", "illness"}
INPUTS_OF_EVENT: dict[str, frozenset[str]] = {
    "hospital": _CARE,
    "outpatient": _CARE - {"admission_date", "discharge_date"},
    "critical_illness": _CARE,
    "special_illness": _CARE,
    "accident": _CARE | {"grade"},
    "condolence": frozenset({"event_date", "reason"}),
    "loan": frozenset({"event_date", "requested_amount"}),
}
"""Inputs that a claim of each event kind can carry. The costs are named after the receipt: total_cost 金额合计,
pooled_paid 医保统筹基金支付, other_paid 其他支付, account_paid 个人账户支付, cash_paid 个人现金支付,
self_paid 个人自付, own_expense 个人自费; other_sources 其他途径已赔付 is stated by the member."""
INPUT_NAMES: frozenset[str] = frozenset().union(*INPUTS_OF_EVENT.values())


class Cap(Part):
    """A ceiling per stay, claim, term of cover, calendar year of the event, or person (all time).

    `amount` in yuan, `days` paid, `times` paid: whichever are written bind. In `times` each paid claim counts once.
    """

    per: Literal["stay", "claim", "term", "year", "person"]
    amount: PositiveMoney | None = None
    days: Annotated[int, Field(ge=1, le=36_600)] | None = None
    times: Annotated[int, Field(ge=1, le=1000)] | None = None

    @model_validator(mode="after")
    def _caps_something(self) -> "Cap":
        if self.amount is None and self.days is None and self.times is None:
            raise broken("封顶要写 amount、days 或 times", "a cap needs an amount, days or times")
        return self


class Base(Part):
    """A sum of costs: all of `add` less all of `less`, never below zero."""

    add: Annotated[tuple[CostInput, ...], Field(min_length=1)]
    less: tuple[CostInput, ...] = ()

    @model_validator(mode="after")
    def _each_once(self) -> "Base":
        if len({*self.add, *self.less}) != len(self.add) + len(self.less):
            raise broken("同一费用只能出现一次", "each cost may stand here once only")
        return self


class DailyAllowance(Part):
    """So much per day of a stay from day `from_day` on, at most `max_days` days of a stay.

    `count`: "nights" counts the days between admission and discharge (算头不算尾, at least one),
    "both_ends" counts both of them.
    """

    kind: Literal["daily_allowance"]
    per_day: PositiveMoney
    from_day: Annotated[int, Field(ge=1, le=365)] = 1
    max_days: Annotated[int, Field(ge=1, le=3660)] | None = None
    count: Literal["nights", "both_ends"] = "nights"


class Tier(Part):
    """The `rate` paid of the part of the base above `above` and up to `up_to` yuan (none: without limit)."""

    above: Money = Decimal(0)
    up_to: PositiveMoney | None = None
    rate: Rate

    @model_validator(mode="after")
    def _not_empty(self) -> "Tier":
        if self.up_to is not None and self.up_to <= self.above:
            raise broken("up_to 必须大于 above", "up_to must be greater than above")
        return self


class Percentage(Part):
    """Rates of a base of costs, tier by tier (分段), nothing of what lies below the deductible (起付线).

    Tiers speak of the base itself. `accumulate`: "stay" – each stay begins anew; "term" – deductible and tiers run
    on over the term of cover, so that one bill and the same bill in two parts pay the same.
    """

    kind: Literal["percentage"]
    base: Base
    deductible: Money = Decimal(0)
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1)]
    accumulate: Literal["stay", "term"] = "stay"

    @model_validator(mode="after")
    def _tiers_join(self) -> "Percentage":
        for lower, upper in zip(self.tiers, self.tiers[1:], strict=False):
            if lower.up_to != upper.above:
                raise broken("各段必须首尾相接", "each tier must begin where the one before ends")
        if self.tiers[0].above > self.deductible:
            raise broken("第一段不能高于起付线", "the first tier begins above the deductible")
        return self


class Choice(Part):
    """A choice and what it pays: an illness, a grade of injury, a reason."""

    code: Code
    amount: PositiveMoney
    title: LocalText | None = Field(default=None, description="Not needed for an illness of the pack's list.")


class FixedBy(Part):
    """A fixed amount by illness, by grade of injury or by reason (定额)."""

    kind: Literal["fixed_by"]
    by: ChoiceInput
    amounts: Annotated[tuple[Choice, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _coherent(self) -> "FixedBy":
        codes = [choice.code for choice in self.amounts]
        if len(set(codes)) != len(codes):
            raise broken("amounts 有重复的 code", "a code stands in amounts twice")
        if self.by != "illness" and any(choice.title is None for choice in self.amounts):
            raise broken("每个选项必须有 title", "each choice needs a title")
        return self


class Fixed(Part):
    """One fixed amount."""

    kind: Literal["fixed"]
    amount: PositiveMoney


class Requested(Part):
    """What the applicant asks for, at most `at_most` yuan (a loan)."""

    kind: Literal["requested"]
    at_most: PositiveMoney


Formula = Annotated[DailyAllowance | Percentage | FixedBy | Fixed | Requested, Field(discriminator="kind")]


class Benefit(Part):
    """A benefit 待遇: what one kind of event pays.

    `waiting_days`: overrides the product's waiting period (0: none, as usual for accidents).
    `waived_on_renewal`: no waiting period where cover was renewed without a gap.
    `at_most_cost`: never more than what remains of this cost after the benefits before it in the same claim.
    `event_on`: which day of a hospital stay is the day of the event; other events carry their own day.
    `per_share`: formula and amount caps count for each share held.
    """

    code: Code
    title: LocalText
    event: EventKind
    formula: Formula
    waiting_days: Days | None = None
    waived_on_renewal: bool = True
    at_most_cost: Base | None = None
    per_share: bool = False
    event_on: Literal["admission", "discharge"] = "admission"
    caps: tuple[Cap, ...] = ()

    @model_validator(mode="after")
    def _inputs_known(self) -> "Benefit":
        unknown = sorted(self.reads - INPUTS_OF_EVENT[self.event])
        if unknown:
            names = ", ".join(unknown)
            raise broken(
                f"{self.event} 类事件没有输入项 {names}",
                f"an event of kind {self.event} has no input {names}",
            )
        return self

    @model_validator(mode="after")
    def _days_are_counted(self) -> "Benefit":
        if self.formula.kind != "daily_allowance" and any(cap.days is not None for cap in self.caps):
            raise broken("只有按天给付的待遇可以按天数封顶", "only a daily allowance can be capped in days")
        return self

    @property
    def reads(self) -> frozenset[str]:
        """Names of the inputs that the formula and its limits read."""
        formula = self.formula
        stay = self.event == "hospital" or isinstance(formula, DailyAllowance)
        names: set[str] = {"admission_date", "discharge_date"} if stay else set()
        if self.event != "hospital":
            names.add("event_date")
        if isinstance(formula, Percentage):
            names |= {*formula.base.add, *formula.base.less}
        elif isinstance(formula, FixedBy):
            names.add(formula.by)
        elif isinstance(formula, Requested):
            names.add("requested_amount")
        if self.at_most_cost:
            names |= {*self.at_most_cost.add, *self.at_most_cost.less}
        return frozenset(names)
