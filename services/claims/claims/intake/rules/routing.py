"""Straight-through or a person: every reason why rules alone do not decide an application (N.03)."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from common.contracts.pack import ClaimKind
from common.contracts.pack.benefits import COSTS
from common.text import Text

from .checks import PARTS, TOLERANCE, Application, amounts_of
from .filling import PAYER
from .form import WHOLE, place_of
from .names import name_verdict


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a person looks at a claim."""

    code: str
    text: Text
    field: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return plain JSON in both languages."""
        return {"code": self.code, "field": self.field, "zh": self.text.zh, "en": self.text.en}


def reasons_for_review(app: Application, *, amount: Decimal) -> list[Reason]:
    """Return why a person must look; an empty list means that the rules may decide."""
    limits = list(limit_reasons(app.kind, amount=amount))
    if not app.kind.straight_through.enabled:
        return limits
    return [*limits, *_documents(app), *_fields(app), *_sums(app)]


def limit_reasons(kind: ClaimKind, *, amount: Decimal) -> Iterator[Reason]:
    """Yield why the pack does not let the rules decide, whatever the papers say."""
    plan = kind.straight_through
    if not plan.enabled or plan.max_amount is None:
        yield Reason(
            "person.required", Text("此类申请均由人工审核", "claims of this kind are decided by people")
        )
        return
    if amount > plan.max_amount:
        yield Reason(
            "amount.above_limit",
            Text(
                f"金额 {amount} 元超过自动审核上限 {plan.max_amount} 元",
                f"{amount} yuan exceed {plan.max_amount}",
            ),
        )
    if amount == 0:
        yield Reason("amount.nothing", Text("计算结果为零", "nothing is payable by the rules"))


def _documents(app: Application) -> Iterator[Reason]:
    for document in app.documents:
        place = place_of(document.rule, document.stay)
        rule = next((rule for rule in app.kind.documents if rule.code == document.rule), None)
        if rule is None or not rule.recognised:
            yield Reason(
                "document.for_people", Text("材料需人工查看", "a person has to read the document"), place
            )
        elif document.state != "recognized" or document.type in {None, "other"}:
            yield Reason("document.unreadable", Text("材料未能识别", "the document could not be read"), place)
        for check in document.failed_checks:
            text = Text(f"材料内容互相矛盾（{check}）", f"what stands on the document disagrees ({check})")
            yield Reason("document.check_failed", text, place)
        payer = document.readings.get(PAYER)
        if payer and name_verdict(payer, app.insured_names) == "doubtful":
            yield Reason(
                "name.doubtful", Text("票据姓名识别不确定", "the name was not read with certainty"), place
            )


def _fields(app: Application) -> Iterator[Reason]:
    """Every value that the amount or the duplicate check rests on must have been confirmed by a check."""
    for stay in (WHOLE, *app.stays):
        fields = app.kind.form.fields if stay == WHOLE else (app.kind.stays.fields if app.kind.stays else ())
        for field in fields:
            value = app.form.get((field.code, stay))
            weighty = field.input in COSTS | {
                "admission_date",
                "discharge_date",
                "event_date",
                "illness",
                "grade",
            }
            if value is None or not value.value or not (weighty or field.code == "receipt_number"):
                continue
            place = place_of(field.code, stay)
            if value.corrected:
                yield Reason("field.corrected", Text("识别值被修改", "what had been read was changed"), place)
            elif value.source == "typed":
                yield Reason("field.typed", Text("由申请人填写", "typed by the applicant"), place)
            elif not value.verified:
                yield Reason(
                    "field.unverified", Text("识别值未经校验", "read, but confirmed by no check"), place
                )


def _sums(app: Application) -> Iterator[Reason]:
    for stay in (WHOLE, *app.stays):
        costs = amounts_of(app.inputs(stay))
        if "total_cost" in costs and all(name in costs for name in PARTS):
            parts = sum((costs[name] for name in PARTS), Decimal(0))
            if abs(parts - costs["total_cost"]) > TOLERANCE:
                text = Text("各项支付之和不等于合计", "the payments do not sum to the total")
                yield Reason("amount.sum_differs", text, place_of(app.code_of("total_cost"), stay))
