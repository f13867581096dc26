"""Who applies and who is paid: for oneself, for another, for somebody who has died (rows A.03, B.02). Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from common.contracts.pack import ClaimKind
from common.contracts.pack.forms import DocumentRule, FormField
from common.text import Text

from .form import WHOLE, Fault, Form, holds

SELF, COUNTER = "self", "counter"
INSURED, HEIR = "insured", "legal_heir"
HEIR_CARD = Text("请在“收款人”处填写继承人本人的银行卡号。", "Enter the heir's own card under Who is paid.")
BANK = "payee.bank_name"
"""Where the bank of the card that is paid to stands, which no pack asks for: it goes with every card that is named."""
DAY = re.compile(r"(\d{4})\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})")


@dataclass(frozen=True, slots=True)
class Applying:
    """Who applies and who is to be paid.

    `relation`: self, the relation of somebody who applies for the person, or counter where staff takes it for the
    person. `named` and `card`: whether the payee's name and card are known; `bank`: whether the bank of a card that
    the application itself names is; `related` and `identified`: whether it is known how an heir is related to the
    person, and their ID number.
    """

    relation: str = SELF
    payee: str = INSURED
    named: bool = True
    card: bool = True
    bank: bool = True
    related: bool = True
    identified: bool = True


def asked_of(item: FormField | DocumentRule, relation: str) -> bool:
    """Say whether a field or document is asked for where somebody of this relation applies."""
    return item.applicant is None or (item.applicant == "self") == (relation == SELF)


def of_the_dead(item: FormField, applying: Applying) -> bool:
    """Say whether a field is the card of a person who has died: an heir is paid, whose card stands with the heir."""
    return item.type == "bank_card" and applying.payee == HEIR


def answers_asked(kind: ClaimKind, form: Form, relation: str) -> Form:
    """Return a form without the answers to what is not asked of this applicant: they count nowhere."""
    unasked = {field.code for field in kind.all_fields if not asked_of(field, relation)}
    return {key: value for key, value in form.items() if key[0] not in unasked}


def has_died(kind: ClaimKind, form: Form) -> bool:
    """Say whether the form states that the person has died."""
    condition = kind.on_behalf.deceased if kind.on_behalf else None
    return condition is not None and holds(condition, form, WHOLE)


def may_pay_heir(kind: ClaimKind, form: Form, relation: str) -> bool:
    """Say whether a legal heir may be paid instead of the person."""
    plan = kind.on_behalf
    if plan is None or HEIR not in plan.payees or relation == SELF:
        return False
    return has_died(kind, form) if plan.deceased else True


def applying_faults(kind: ClaimKind, form: Form, applying: Applying) -> Iterator[Fault]:
    """Yield what is wrong with who applies and who is paid."""
    died = has_died(kind, form)
    if died and applying.relation == SELF:
        text = Text(
            "被保障人已去世的，请由亲属或工会工作人员以“代人申请”办理。",
            "Where the person has died, a relative or the union's staff applies on their behalf.",
        )
        yield Fault("claim.deceased_needs_applicant", text, "on_behalf")
    if died and applying.relation == COUNTER:
        text = Text(
            "被保障人已去世的，递交人不能是本人，请选择递交材料的亲属或工会工作人员。",
            "The person has died: choose the relative or member of the union's staff who brings the papers.",
        )
        yield Fault("claim.deceased_needs_applicant", text, "applicant_relation")
    if applying.payee == HEIR and not may_pay_heir(kind, form, applying.relation):
        text = Text(
            "款项只能支付给被保障人本人；仅在其已去世时可由法定继承人领取。",
            "The payee is the insured person; a legal heir is paid only where the person has died.",
        )
        yield Fault("payee.not_allowed", text, "payee.kind")
    elif (died and applying.payee != HEIR) or not applying.named:
        text = Text("请填写收款的法定继承人姓名和银行卡。", "Name the legal heir who is paid, and the card.")
        yield Fault("payee.heir_missing", text, "payee.name")
    else:
        yield from _heir_lacks(applying)
    cards = [field.code for field in kind.all_fields if field.type == "bank_card"]
    if not applying.card and cards:
        text = (
            HEIR_CARD
            if applying.payee == HEIR
            else Text(
                "没有登记的收款银行卡，请在“收款银行卡”处填写收款人本人的银行卡号，或先在“银行卡”中添加本人的卡。",
                "No bank card is on file. Enter the payee's own card here, or add one under Bank cards.",
            )
        )
        place = "payee.card_number" if applying.payee == HEIR else cards[0]
        yield Fault("payee.card_missing", text, place)
    if not applying.bank:
        text = Text(
            "请填写收款银行卡的开户银行，例如中国工商银行。",
            "Enter the bank of the card that is paid to, such as Bank of Communications.",
        )
        yield Fault("payee.bank_missing", text, BANK)


def _heir_lacks(applying: Applying) -> Iterator[Fault]:
    if not applying.related:
        text = Text("请选择收款的继承人与被保障人的关系。", "Choose how the heir is related to the person.")
        yield Fault("payee.relation_missing", text, "payee.relation")
    if not applying.identified:
        text = Text("请填写收款的继承人的证件号码。", "Enter the heir's ID number.")
        yield Fault("payee.document_missing", text, "payee.document_number")


def days_named(text: str) -> int:
    """Return how many calendar days a text names, such as 1950年3月2日 or 2026-11-28."""
    return sum(_is_day(match) for match in DAY.finditer(text))


def _is_day(match: re.Match[str]) -> bool:
    try:
        date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return False
    return True
