"""Straight-through or a person: every reason why rules alone do not decide an application (N.03)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from common.contracts.pack import ClaimKind
from common.contracts.pack.benefits import COSTS
from common.contracts.pack.forms import FormField
from common.text import Text

from .agreement import PARTS, differing
from .applicant import COUNTER, HEIR, SELF
from .application import Application
from .check_words import check_text
from .checks import TOLERANCE, amounts_of
from .documents import BY_CODE, BY_INPUT, NAMED, PAYER, Document
from .filling import printed_name
from .form import WHOLE, FieldValue, options_of, place_of
from .names import name_verdict
from .papers import asked_as_card, paper_named, stated_instead

WEIGHTY = COSTS | {"admission_date", "discharge_date", "event_date", "illness", "grade"}
HOSPITAL, DIAGNOSIS = BY_INPUT["hospital"], BY_CODE["diagnosis"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a person looks at a claim."""

    code: str
    text: Text
    field: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return plain JSON in both languages."""
        return {"code": self.code, "field": self.field, "zh": self.text.zh, "en": self.text.en}


def reasons_for_review(app: Application, *, amount: Decimal, opened_by: str) -> list[Reason]:
    """Return why a person must look; an empty list means that the rules may decide.

    What disagrees, was changed or could not be read is said of every claim, so that the reviewer sees it; what is
    merely unconfirmed only where the rules might have decided.
    """
    limits = list(limit_reasons(app.kind, amount=amount, opened_by=opened_by))
    found = [*limits, *_stated(app), *_unreadable(app), *_doubts(app), *disagreements(app)]
    found += [*_hospitals(app), *_illness(app), *_corrections(app), *_sums(app)]
    if decided_by_rule(app.kind, opened_by):
        found += [*_unread(app), *_unconfirmed(app)]
    return found


def decided_by_rule(kind: ClaimKind, opened_by: str) -> bool:
    """Say whether the pack lets the rules decide claims of this kind that came this way."""
    return kind.straight_through.enabled and opened_by in kind.straight_through.opened_by


def limit_reasons(kind: ClaimKind, *, amount: Decimal, opened_by: str) -> Iterator[Reason]:
    """Yield why the pack does not let the rules decide, whatever the papers say."""
    plan = kind.straight_through
    if not decided_by_rule(kind, opened_by) or plan.max_amount is None:
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


def _stated(app: Application) -> Iterator[Reason]:
    """Papers that the applicant does not have and says why: whether that is enough, a person decides."""
    for rule, field in stated_instead(app):
        text = Text(
            f"未提交“{rule.title.zh}”，见“{field.title.zh}”，请核定是否可以",
            f"no “{rule.title.en}” was handed in: see “{field.title.en}” and decide whether that is enough",
        )
        yield Reason("document.stated", text, field.code)


def _for_people(app: Application, document: Document) -> bool:
    rule = next((rule for rule in app.kind.documents if rule.code == document.rule), None)
    return rule is None or not rule.recognised


def _not_read(document: Document) -> bool:
    return document.state != "recognized" or document.type in {None, "other"}


def _unreadable(app: Application) -> Iterator[Reason]:
    """Documents that should have been read and could not: an empty picture, a page of something else."""
    for document in app.documents:
        if not _for_people(app, document) and _not_read(document):
            title = paper_named(app, document.document_id, within=document.stay)
            text = Text(f"{title.zh}未能识别，请打开查看", f"{title.en} could not be read: look at it")
            yield Reason("document.unreadable", text, place_of(document.rule, document.stay))


def _unread(app: Application) -> Iterator[Reason]:
    """Documents that no rule can vouch for: for people, or of nobody that was read."""
    for document in app.documents:
        place = place_of(document.rule, document.stay)
        if _for_people(app, document):
            yield Reason(
                "document.for_people", Text("材料需人工查看", "a person has to read the document"), place
            )
        elif not _not_read(document) and document.type in NAMED and PAYER not in document.readings:
            yield Reason("name.unread", Text("材料上没有读到姓名", "no name was read on the document"), place)


def _doubts(app: Application) -> Iterator[Reason]:
    """What stands on one document and does not fit: its own figures, or the person's name."""
    for document in app.documents:
        place = place_of(document.rule, document.stay)
        for check in document.failed_checks:
            yield Reason("document.check_failed", check_text(check), place)
        if document.holder and name_verdict(document.holder, app.insured_names) == "doubtful":
            paper = paper_named(app, document.document_id)
            text = Text(
                f"{paper.zh}上的姓名识别不确定", f"the name on {paper.en} was not read with certainty"
            )
            yield Reason("name.doubtful", text, place)
        yield from _of_another(app, document, place)
    if app.applying.relation not in {SELF, COUNTER} and app.applying.payee == HEIR:
        yield Reason("payee.heir", Text("由法定继承人领取", "an heir is paid"), "payee")


def _of_another(app: Application, document: Document, place: str) -> Iterator[Reason]:
    """A card of somebody else that did not keep the application back, or whose number is not the person's."""
    if not asked_as_card(app, document):
        return
    paper = paper_named(app, document.document_id)
    other_name = document.holder and name_verdict(document.holder, app.insured_names) == "other"
    if other_name or document.foreign_number:
        what = Text("姓名", "name") if other_name else Text("证件号码", "ID number")
        text = Text(
            f"{paper.zh}上的{what.zh}与被保障人不一致，请核对是谁的",
            f"the {what.en} on {paper.en} is not the insured person's: see whose it is",
        )
        yield Reason("paper.of_another", text, place)


def disagreements(app: Application) -> Iterator[Reason]:
    """Figures and days that differ between the papers of one stay (N.04), and which paper says what."""
    for stay in app.stays or [WHOLE]:
        papers = [document for document in app.documents if document.stay == stay]
        for name, said in differing(papers):
            named = [(paper_named(app, paper.document_id, within=stay), value) for paper, value in said]
            zh = "，".join(f"{title.zh}为 {value}" for title, value in named)
            en = ", ".join(f"{title.en} says {value}" for title, value in named)
            yield Reason(
                "figures.disagree",
                Text(f"{name}在不同材料上不一致：{zh}", f"{name} differs: {en}"),
                place_of(_code_of(app, name) or said[-1][0].rule, stay),
            )


def _code_of(app: Application, name: str) -> str | None:
    """Return the code of the field that a paper's value fills, None if the form has none."""
    fields = app.kind.stays.fields if app.kind.stays else app.kind.form.fields
    return next((field.code for field in fields if printed_name(field) == name), None)


def _hospitals(app: Application) -> Iterator[Reason]:
    """Documents of one stay that name another hospital than the application, or each other (N.04)."""
    for stay in app.stays or [WHOLE]:
        first = stated = _stated_hospital(app, stay)
        for document in (d for d in app.documents if d.stay == stay and d.state == "recognized"):
            named = document.readings.get(HOSPITAL)
            if named is None or not named.value.strip():
                continue
            first = first or named.value.strip()
            if same_hospital(first, named.value):
                continue
            if stated:
                title = paper_named(app, document.document_id, within=stay)
                text = Text(
                    f"医疗机构：申请为“{stated}”，{title.zh}上为“{named.value}”",
                    f"hospital: “{stated}” in the application, “{named.value}” on {title.en}",
                )
            else:
                text = Text(
                    f"医疗机构在不同材料上不一致：{first}、{named.value}",
                    f"the hospitals differ: {first}, {named.value}",
                )
            yield Reason("hospital.disagrees", text, place_of(document.rule, stay))


def _fields(app: Application, stay: int) -> Sequence[FormField]:
    if stay == WHOLE:
        return app.kind.form.fields
    return app.kind.stays.fields if app.kind.stays else ()


def _stated_hospital(app: Application, stay: int) -> str:
    """Return the hospital that somebody or a settlement stated, "" where it was read on a paper or is not known."""
    for field in _fields(app, stay):
        value = app.form.get((field.code, stay))
        if printed_name(field) == HOSPITAL and value is not None and value.source != "recognized":
            return (app.text(field.code, stay) or "").strip()
    return ""


def _illness(app: Application) -> Iterator[Reason]:
    """Diagnoses in which the illness that was chosen does not stand: whether they mean it, a person decides."""
    for stay in {WHOLE, *app.stays}:
        field = next((field for field in _fields(app, stay) if field.options_from == "illnesses"), None)
        chosen = options_of(field, app.pack).get(app.text(field.code, stay) or "") if field else None
        if chosen is None:
            continue
        for document in (d for d in app.documents if d.stay == stay and d.state == "recognized"):
            said = document.readings.get(DIAGNOSIS)
            if said is None or not said.value.strip() or chosen.zh.split("（")[0] in said.value:
                continue
            title = paper_named(app, document.document_id, within=stay)
            text = Text(
                f"{title.zh}上的诊断为“{said.value}”，申请的病种为“{chosen.zh}”，请核对",
                f"{title.en} says “{said.value}”, applied for is “{chosen.en}”: compare",
            )
            yield Reason("illness.to_compare", text, place_of(document.rule, stay))


def same_hospital(one: str, other: str) -> bool:
    """Say whether two papers mean the same hospital: one name holds the other (a wing, a campus).

    Names that are nearly alike are not the same: 第一人民医院 and 第二人民医院 differ by one sign.
    """
    first, second = (re.sub(r"[\W_]+", "", name) for name in (one, other))
    return first in second or second in first


def _weighty(app: Application) -> Iterator[tuple[FieldValue, str, Text]]:
    """Yield the values that the amount or the duplicate check rests on, each with its place and title."""
    for stay in (WHOLE, *app.stays):
        for field in _fields(app, stay):
            value = app.form.get((field.code, stay))
            if value is None or not value.value or field.set_to:
                continue
            if field.input in WEIGHTY or field.code == "receipt_number":
                yield value, place_of(field.code, stay), field.title.text()


def _corrections(app: Application) -> Iterator[Reason]:
    for value, place, title in _weighty(app):
        if value.corrected:
            text = Text(
                f"{title.zh}：识别为 {value.read}，改为 {value.value}",
                f"{title.en}: read as {value.read}, changed to {value.value}",
            )
            yield Reason("field.corrected", text, place)


def _unconfirmed(app: Application) -> Iterator[Reason]:
    """Every value that counts must have been confirmed by a check."""
    for value, place, title in _weighty(app):
        if value.corrected:
            continue
        if value.source == "typed":
            text = Text(f"{title.zh}：由申请人填写", f"{title.en}: typed by the applicant")
            yield Reason("field.typed", text, place)
        elif not value.verified:
            text = Text(f"{title.zh}：识别值未经校验", f"{title.en}: read, but confirmed by no check")
            yield Reason("field.unverified", text, place)


def _sums(app: Application) -> Iterator[Reason]:
    for stay in (WHOLE, *app.stays):
        place = place_of(app.code_of("total_cost"), stay)
        yield from sum_differs(amounts_of(app.inputs(stay)), place)


def sum_differs(costs: Mapping[str, Decimal], place: str) -> Iterator[Reason]:
    """Yield that the payments of a stay do not sum to its total; nothing where one of them is not known."""
    if "total_cost" not in costs or any(name not in costs for name in PARTS):
        return
    parts, total = sum((costs[name] for name in PARTS), Decimal(0)), costs["total_cost"]
    if abs(parts - total) > TOLERANCE:
        text = Text(
            f"各项支付之和 {parts} 元不等于合计 {total} 元",
            f"the payments come to {parts} yuan, the total is {total} yuan",
        )
        yield Reason("amount.sum_differs", text, place)
