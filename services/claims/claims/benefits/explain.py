"""The sentences of limits and refusals in an explanation, in both languages."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from common.contracts.pack import Benefit
from common.text import Text

from .decision import ExplanationLine, Reason, ReasonCode, Value
from .limits import PERIODS, Ceiling

_REASONS: dict[ReasonCode, Text] = {
    "not_covered": Text("{day} 不在保障期内", "{day} is outside the period of cover"),
    "in_waiting_period": Text(
        "{day} 在等待期内，{until} 起可申请", "{day} is in the waiting period, which ends before {until}"
    ),
    "cap_exhausted": Text("已达到封顶标准", "the cap is used up"),
    "below_deductible": Text(
        "费用未超过起付线 {deductible} 元", "the cost does not exceed the deductible of {deductible} yuan"
    ),
    "below_first_day": Text(
        "住院 {days} 天，自第 {from_day} 天起付", "a stay of {days} days; days are paid from day {from_day}"
    ),
    "nothing_to_pay": Text("没有可支付的金额", "nothing is left to pay"),
    "not_in_table": Text("所选项目不在给付范围内", "what was chosen is not in the table of benefits"),
    "input_missing": Text("计算所需的信息不完整，请人工核实", "an input is missing: a person has to look"),
}


def reason_of(
    code: ReasonCode,
    benefit: Benefit,
    stay: str,
    *,
    day: date | None = None,
    until: date | None = None,
    inputs: Mapping[str, Value] | None = None,
) -> Reason:
    """Return the reason why a benefit pays nothing, with its sentence filled in."""
    text = _REASONS[code].format(day=day, until=until, **(inputs or {}))
    return Reason(
        code, benefit.code, stay, Text(f"{benefit.title.zh}：{text.zh}", f"{benefit.title.en}: {text.en}")
    )


def cap_line(benefit: Benefit, ceiling: Ceiling, amount: Decimal) -> ExplanationLine:
    """Return the line that takes away what is above a cap."""
    zh, en = PERIODS[ceiling.cap.per]
    title = Text(
        f"{benefit.title.zh}：{zh}封顶，尚余 {ceiling.left} 元",
        f"{benefit.title.en}: cap per {en}, {ceiling.left} yuan left",
    )
    inputs: dict[str, Value] = {
        "cap": ceiling.cap.amount or Decimal(0),
        "used": ceiling.used,
        "left": ceiling.left,
    }
    return ExplanationLine(benefit.code, f"cap.{ceiling.cap.per}", title, inputs, amount)


def cost_line(benefit: Benefit, left: Decimal, amount: Decimal) -> ExplanationLine:
    """Return the line that takes away what is above the actual cost."""
    title = Text(
        f"{benefit.title.zh}：不超过实际费用，尚余 {left} 元",
        f"{benefit.title.en}: not above the actual cost, {left} yuan left",
    )
    return ExplanationLine(benefit.code, "cost_limit", title, {"left": left}, amount)


def rounding_line(benefit: Benefit, exact: Decimal, amount: Decimal) -> ExplanationLine:
    """Return the line of the difference that rounding makes."""
    title = Text(f"{benefit.title.zh}：取整", f"{benefit.title.en}: rounding")
    return ExplanationLine(benefit.code, "rounding", title, {"exact": exact}, amount)
