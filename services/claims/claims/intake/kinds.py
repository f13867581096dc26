"""How a kind of application is told to a screen: its form, documents, conditions, who may apply, who decides."""

from common.contracts.pack import ClaimKind, TenantPack
from common.contracts.pack.forms import DocumentRule, FormField, When

from .kind_schemas import Condition, KindBehalf, KindDocument, KindField, KindRead
from .reading import RELATIONS
from .rules.applicant import BANK, HEIR
from .rules.audience import sexes_of
from .rules.cards import BANK_CARD, BANK_NAME
from .rules.filling import may_be_read
from .rules.form import options_of
from .rules.heirs import HEIR_RELATIONS


def read_kind(kind: ClaimKind, pack: TenantPack) -> KindRead:
    """Return a kind of application as a screen draws it."""
    fields = [field for item in kind.form.fields for field in _fields(item, pack)]
    fields += [_field(item, pack, per_stay=True) for item in (kind.stays.fields if kind.stays else ())]
    return KindRead(
        code=kind.code,
        title=kind.title.text().in_language(),
        event=kind.event,
        products=list(kind.products),
        sexes=sexes_of([product for product in pack.products if product.code in kind.products]),
        max_stays=kind.stays.max if kind.stays else 0,
        on_behalf=_behalf(kind),
        once_per=kind.once_per,
        submit_within_days=kind.submit_within_days,
        nodes=[node.title.text().in_language() for node in pack.claim_chain(kind.code).nodes],
        fields=fields,
        documents=[_document(rule, kind) for rule in kind.documents],
    )


def _behalf(kind: ClaimKind) -> KindBehalf | None:
    plan = kind.on_behalf
    if plan is None:
        return None
    return KindBehalf(
        relations={code: RELATIONS[code].in_language() for code in plan.relations},
        consent=plan.consent.text().in_language(),
        payees=list(plan.payees),
        heir_relations={code: title.in_language() for code, title in HEIR_RELATIONS.items()}
        if HEIR in plan.payees
        else {},
        deceased=_condition(plan.deceased),
    )


def _condition(when: When | None) -> Condition | None:
    return Condition(field=when.field, is_one_of=list(when.is_one_of)) if when else None


def _fields(item: FormField, pack: TenantPack) -> list[KindField]:
    """Return a field of the whole application; beside one in which a card is named, the card's bank."""
    field = _field(item, pack)
    if item.type != BANK_CARD:
        return [field]
    bank = _field(BANK_NAME, pack)
    bank.code, bank.type = BANK, BANK_NAME.code
    bank.from_register, bank.when, bank.applicant = field.from_register, field.when, field.applicant
    return [field, bank]


def _field(item: FormField, pack: TenantPack, *, per_stay: bool = False) -> KindField:
    return KindField(
        code=item.code,
        title=item.title.text().in_language(),
        type=item.type,
        input=item.input,
        required=item.required,
        per_stay=per_stay,
        from_register=item.from_register is not None,
        options={code: text.in_language() for code, text in options_of(item, pack).items()},
        help=item.help.text().in_language() if item.help else None,
        when=_condition(item.when),
        applicant=item.applicant,
        minimum=item.minimum,
        maximum=item.maximum,
        max_length=item.max_length,
        set_by_platform=item.set_to is not None,
        from_papers=may_be_read(item),
    )


def _document(rule: DocumentRule, kind: ClaimKind) -> KindDocument:
    instead = kind.text_instead_of(rule)
    return KindDocument(
        code=rule.code,
        title=rule.title.text().in_language(),
        types=list(rule.types),
        required=rule.required,
        per_stay=rule.per == "stay",
        max_files=rule.max_files,
        sample=rule.sample,
        group=rule.group,
        when=_condition(rule.when),
        applicant=rule.applicant,
        instead=instead.code if instead else None,
    )
