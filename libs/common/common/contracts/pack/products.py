"""What a person can be covered by: products with price, term, waiting period, renewal, refund and roster."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from .base import Code, Days, LocalText, Money, Part, PositiveMoney, broken
from .benefits import Cap
from .eligibility import Eligibility
from .forms import Form
from .rosters import Roster


class Contribution(Part):
    """Price: yuan per share and term, who pays, how many shares a person may hold at one time."""

    per_share: Money
    share_limit: Annotated[int, Field(ge=1, le=100)] = 1
    payer: Literal["unit", "member", "union"] = "unit"


class EffectiveRule(Part):
    """When cover begins.

    `on_confirmation`: the day the payment is confirmed; `next_day`: the day after; `next_month`: the first of the next
    month; `requested`: the day the order asks for, at most `within_days` after it is submitted.
    A renewal always begins on the day after the running term ends, if that is later.
    """

    rule: Literal["on_confirmation", "next_day", "next_month", "requested"]
    within_days: Days = 60


class RenewalWindow(Part):
    """Days around the end of a term in which a person stands on the renewal list (manual 002 part 6: 30 and 10)."""

    before_days: Days = 30
    after_days: Days = 10


class RefundRule(Part):
    """What comes back when cover ends early.

    `none`: nothing; `pro_rata_months` or `pro_rata_days`: the part of the contribution for whole months or days left;
    `full_before_start`: all of it, but only before cover has begun. `fee`: yuan kept; `not_after_claim`: nothing once
    a benefit was paid in the term.
    """

    rule: Literal["none", "full_before_start", "pro_rata_months", "pro_rata_days"]
    fee: Money = Decimal(0)
    not_after_claim: bool = True

    @property
    def either_or(self) -> bool:
        """Whether a benefit leaves nothing to refund, although cover that had begun is refunded."""
        return self.not_after_claim and self.rule in ("pro_rata_months", "pro_rata_days")


class AmendmentRule(Part):
    """Mid-term changes of a running group cover (row P.01): people added pay for what is left of the term, people who
    leave get back what the product's refund rule says.

    `charge`: "months" counts the month that has begun, "days" is exact, "full" asks the whole contribution.
    `not_in_last_days`: nobody joins in the last days of a term; they wait for the renewal.
    """

    charge: Literal["months", "days", "full"] = "months"
    add: bool = True
    remove: bool = True
    not_in_last_days: Days = 0

    @model_validator(mode="after")
    def _something(self) -> "AmendmentRule":
        if not (self.add or self.remove):
            raise broken("add 与 remove 至少一个为 true", "one of add and remove must be true")
        return self


class PaymentPaper(Part):
    """A paper that a payment needs (manual 002 part 3.4: voucher as a picture, stamped form and roster as pdf)."""

    code: Code
    title: LocalText
    formats: Annotated[tuple[Literal["pdf", "png", "jpg"], ...], Field(min_length=1)] = ("pdf",)
    required: bool = True


class Product(Part):
    """A product 参保项目. `ordered_by`: a unit's order, the member alone, or the union (public benefit).

    `benefits` are codes of the pack's benefits; `caps` bind all of them together; `payment_hours`: none = no deadline.
    `renewable_gap_days`: cover that begins within so many days after the last term ended counts as a renewal
    (the waiting period is then not asked again where the benefit says so).
    """

    code: Code
    title: LocalText
    kind: Literal["contribution", "public_benefit"]
    fund: Code
    ordered_by: Annotated[tuple[Literal["unit", "member", "union"], ...], Field(min_length=1)] = ("unit",)
    offered_from: date | None = None
    offered_until: date | None = None
    eligibility: Eligibility = Eligibility()
    term_months: Annotated[int, Field(ge=1, le=120)]
    contribution: Contribution
    waiting_days: Days = 0
    effective: EffectiveRule
    renewal: RenewalWindow | None = RenewalWindow()
    renewable_gap_days: Days = 30
    refund: RefundRule
    roster: Roster | None = None
    form: Form | None = Field(default=None, description="What a member fills in who orders alone (row A.04).")
    amendment: AmendmentRule | None = Field(default=None, description="None: no changes in mid-term.")
    papers: tuple[PaymentPaper, ...] = Field(
        default=(),
        description="Papers beside the bank voucher; none named: the stamped form and roster as pdf.",
    )
    benefits: Annotated[tuple[Code, ...], Field(min_length=1)]
    caps: tuple[Cap, ...] = ()
    introduction: Code | None = Field(default=None, description="Article of the pack's content.")
    terms: Code | None = Field(default=None, description="Article with the full terms 条款.")
    questions: tuple[Code, ...] = Field(
        default=(), description="Articles with frequent questions (row C.13)."
    )
    sum_insured: PositiveMoney | None = Field(
        default=None, description="Shown on the certificate, yuan per share."
    )

    @model_validator(mode="after")
    def _coherent(self) -> "Product":
        paid = self.contribution.per_share > 0
        if self.kind == "contribution" and not paid:
            raise broken("会费型项目的每份金额必须大于 0", "a contribution product costs more than nothing")
        if self.kind == "public_benefit" and paid and self.contribution.payer != "union":
            raise broken("公益型项目不能向个人或单位收费", "a public-benefit product is paid by the union")
        if "unit" in self.ordered_by and self.roster is None:
            raise broken("由单位参保的项目必须有花名册 roster", "a product ordered by units needs a roster")
        if "member" in self.ordered_by and self.form is None:
            raise broken(
                "由会员自行参保的项目必须有表单 form", "a product that members order alone needs a form"
            )
        if self.offered_from and self.offered_until and self.offered_until < self.offered_from:
            raise broken("offered_until 早于 offered_from", "offered_until is before offered_from")
        if len({paper.code for paper in self.papers}) != len(self.papers):
            raise broken("papers 有重复的 code", "a code stands in papers twice")
        if self.amendment and "unit" not in self.ordered_by:
            raise broken("只有单位参保的项目才有 amendment", "amendments are for products that units order")
        if self.waiting_days >= self.term_months * 31:
            raise broken("等待期不能长于保障期", "the waiting period is longer than the term")
        return self
