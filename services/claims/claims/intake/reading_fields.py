"""The fields of a claim as a caller reads them: typed, read from a document, or the register's, masked."""

from uuid import UUID

from common.contracts.pack.forms import FormField
from common.identifiers import mask_bank_card, mask_id_number, mask_mobile, mask_name

from .contradictions import contradictions
from .dossier import CARD, Dossier
from .field_schemas import FieldRead
from .rules.applicant import BANK, asked_of, of_the_dead
from .rules.cards import BANK_CARD, BANK_NAME
from .rules.form import WHOLE, options_of, stays_of

MASKS = {"id_number": mask_id_number, "mobile": mask_mobile, "bank_card": mask_bank_card}


def read_fields(dossier: Dossier) -> list[FieldRead]:
    """Return the fields that are asked of the applicant, of the whole and of each stay, and what contradicts them."""
    stays = stays_of(dossier.kind, dossier.form, [file.stay for file in dossier.files])
    differ = contradictions(dossier)
    applying = dossier.applying
    whole, each = dossier.kind.form.fields, dossier.kind.stays.fields if dossier.kind.stays else ()
    found = []
    for item in whole:
        if asked_of(item, applying.relation) and not of_the_dead(item, applying):
            found.append(_field(dossier, item, WHOLE))
            found += [_bank(dossier)] if item.type == BANK_CARD else []
    for stay in stays:
        found += [_field(dossier, item, stay) for item in each if asked_of(item, applying.relation)]
    for field in found:
        field.readings = differ.get((field.code, field.stay), [])
    return found


def _bank(dossier: Dossier) -> FieldRead:
    """Return the bank of the card that is paid to; as a value only the one that goes with the application's own card.

    A bank that was typed before the number waits for it.
    """
    card, bank = dossier.card
    typed = bank if dossier.own_card else (dossier.claim.payee or {}).get("bank_name")
    bank = bank if card else typed
    return FieldRead(
        code=BANK, stay=WHOLE, title=BANK_NAME.title.text().in_language(), type=BANK_NAME.code, required=True,
        value=typed, shown=bank, source=None if bank is None else "typed" if bank == typed else "register",
        confidence=None, verified=False, corrected=False, read=None, document_id=None,
    )  # fmt: skip


def _field(dossier: Dossier, item: FormField, stay: int) -> FieldRead:
    value = dossier.form.get((item.code, stay))
    text = value.value if value else None
    if item.from_register:
        text = _register(item.from_register, dossier)
    # A card that the application names is typed: the register knows nothing of it.
    named = item.from_register == "bank_card" and bool((dossier.claim.payee or {}).get("card"))
    registered = bool(item.from_register and text) and not named
    mask = MASKS.get(item.type)
    shown = mask(text) if mask and text else text
    if item.type == "choice" and text:
        option = options_of(item, dossier.pack).get(text)
        shown = option.in_language() if option else text
    return FieldRead(
        code=item.code,
        stay=stay,
        title=item.title.text().in_language(),
        type=item.type,
        required=item.required,
        value=shown if mask else text,
        shown=shown,
        source="register" if registered else "typed" if named else (value.source if value else None),
        confidence=value.confidence if value else None,
        verified=registered or bool(value and value.verified),
        corrected=bool(value and value.corrected),
        read=(mask(value.read) if mask and value.read else value.read) if value else None,
        document_id=UUID(value.document_id) if value and value.document_id else None,
    )


def _register(name: str, dossier: Dossier) -> str | None:
    """Return a value of the register, masked by its own rule; the card is the one that would be paid to."""
    keys, policy = dossier.keys, dossier.policy
    if name == "bank_card":
        card, _ = dossier.card
        return keys.open(card, context=CARD) if card else None
    if name == "name":
        names = dossier.insured_names
        return mask_name(names[0]) if names else None
    mobile = policy.mobile if policy else (dossier.person.mobile if dossier.person else None)
    if name == "mobile" and mobile:
        return keys.open(mobile, context="person.mobile")
    if name == "id_number" and policy is not None:
        return keys.open(policy.document_number, context="person.document")
    return None
