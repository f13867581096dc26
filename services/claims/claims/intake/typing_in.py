"""What people type into a form: each value checked, and what replaces a recognised one marked as a correction."""

from collections.abc import Sequence
from typing import Any

from common.contracts.pack import ClaimKind
from common.identifiers import bank_name_faults
from common.text import Text

from .dossier import Dossier
from .errors import FieldsInvalid
from .payee import card_faults, sealed_payee
from .payee_schemas import PayeeChoice
from .rules.applicant import BANK, INSURED, asked_of, of_the_dead
from .rules.cards import BANK_NAME, card_field
from .rules.checks import value_faults
from .rules.form import WHOLE, Fault, FieldValue, checked_value, field_of, place_of
from .schemas import FieldWrite

NOT_ASKED = {
    True: Text(
        "此项仅在代人申请时填写；本人申请请不填。",
        "This is asked only where somebody applies for another. Leave it out.",
    ),
    False: Text(
        "此项仅在本人申请时填写；代人申请请不填。",
        "This is asked only of who applies for themselves. Leave it out.",
    ),
}
WITH_THE_HEIR = Text(
    "由法定继承人收款的，银行卡在“收款人”处填写，此项请不填。",
    "A legal heir is paid: enter the card under Who is paid, and leave this out.",
)


def fill_in(dossier: Dossier, fields: Sequence[FieldWrite], payee: PayeeChoice | None) -> None:
    """Put what was typed, and who is paid, into an application; FieldsInvalid with the faults of both.

    At the counter the person goes home: what is wrong with days and amounts beside each other is named with them.
    """
    errors: list[dict[str, Any]] = []
    try:
        type_in(dossier, fields)
    except FieldsInvalid as wrong:
        errors += wrong.errors
    try:
        if payee is not None:
            dossier.claim.payee = sealed_payee(payee, dossier)
    except FieldsInvalid as wrong:
        errors += wrong.errors
    if errors and dossier.claim.opened_by == "counter":
        errors += [fault.as_error() for fault in value_faults(dossier.application())]
    if errors:
        raise FieldsInvalid(errors=errors)


def type_in(dossier: Dossier, fields: Sequence[FieldWrite]) -> None:
    """Put typed values into a form; FieldsInvalid with every fault."""
    faults: list[Fault] = []
    for written in fields:
        stay = _stay_of(dossier.kind, written)
        place = place_of(written.code, stay)
        named = card_field(dossier.kind) if written.code == BANK else None
        item = named or field_of(dossier.kind, written.code, stay)
        most = dossier.kind.stays.max if dossier.kind.stays else 0
        if item is not None and stay > most:
            faults.append(Fault("stays.too_many", _too_many(stay, most), place))
            continue
        if item is None:
            faults.append(_unknown(dossier.kind, written.code, stay))
            continue
        if not asked_of(item, dossier.applying.relation):
            faults.append(Fault("field.not_asked", NOT_ASKED[item.applicant == "other"], place))
            continue
        if of_the_dead(item, dossier.applying):
            faults.append(Fault("field.not_asked", WITH_THE_HEIR, place))
            continue
        if named is not None:
            faults += _paid_by(dossier, written.value)
            continue
        if item.from_register == "bank_card":
            faults += _pay_to(dossier, written.value, place)
            continue
        value, wrong = checked_value(item, written.value, pack=dossier.pack, place=place)
        faults += wrong
        if not wrong:
            _put(dossier, written.code, stay, value)
    if faults:
        raise FieldsInvalid(errors=[fault.as_error() for fault in faults])


def _pay_to(dossier: Dossier, value: str, place: str) -> list[Fault]:
    """Take what was typed for the card of the register as the payee's card; emptied, the register's counts again.

    The bank stays as it stands beside the number: each of the two fields is typed by itself.
    """
    bank = (dossier.claim.payee or {}).get("bank_name")
    if not value.strip():
        dossier.claim.payee = _insured(None, bank)
        return []
    faults = card_faults(value)
    if not faults:
        dossier.claim.payee = sealed_payee(PayeeChoice(card_number=value, bank_name=bank), dossier)
    return [Fault(fault.code, fault.sentence, place) for fault in faults]


def _paid_by(dossier: Dossier, value: str) -> list[Fault]:
    """Take the bank of the card that the application names; it counts nowhere as long as it names none."""
    bank, faults = checked_value(BANK_NAME, value, pack=dossier.pack, place=BANK)
    if bank:
        faults += [Fault(fault.code, fault.sentence, BANK) for fault in bank_name_faults(bank)]
    if not faults:
        dossier.claim.payee = _insured((dossier.claim.payee or {}).get("card"), bank or None)
    return faults


def _insured(card: str | None, bank: str | None) -> dict[str, Any] | None:
    """Return the insured person as payee, to a sealed card of theirs; None where nothing is named."""
    if card is None and bank is None:
        return None
    return {"kind": INSURED, "name": None, "card": card, "bank_name": bank}


def _unknown(kind: ClaimKind, code: str, stay: int) -> Fault:
    """Say which field the form does not have, or does not have there."""
    place = place_of(code, stay)
    if stay != WHOLE and kind.form.field(code) is not None:
        text = Text(
            f"“{code}”是整份申请的内容，不属于某次住院，请去掉 stay 后再填。",
            f"“{code}” belongs to the whole application, not to a stay. Leave `stay` out.",
        )
        return Fault("field.unknown", text, place)
    text = Text(
        f"此类申请没有“{code}”这一项，请对照申请类型的表单核对后删去。",
        f"This kind of claim has no field “{code}”. Compare it with the kind's form and leave it out.",
    )
    return Fault("field.unknown", text, place)


def _too_many(stay: int, most: int) -> Text:
    return Text(
        f"一次申请最多 {most} 次住院，不能填写第 {stay} 次，请另行申请。",
        f"At most {most} stays in one claim; there is no stay {stay}. Make another claim for it.",
    )


def _stay_of(kind: ClaimKind, written: FieldWrite) -> int:
    """A field of a stay that names none belongs to the first."""
    if written.stay is not None:
        return written.stay
    return 1 if kind.form.field(written.code) is None and kind.stays else WHOLE


def _put(dossier: Dossier, code: str, stay: int, value: str) -> None:
    known = dossier.form.get((code, stay))
    if known is not None and known.value == value:
        return
    read = known.read if known and known.source == "typed" else (known.value if known else None)
    if not value and read is None:
        dossier.form.pop((code, stay), None)
        return
    document_id = known.document_id if known else None
    dossier.form[code, stay] = FieldValue(
        code,
        stay,
        value,
        "typed",
        corrected=read is not None and read != value,
        read=read,
        document_id=document_id,
    )
