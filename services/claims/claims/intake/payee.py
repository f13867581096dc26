"""Who is paid, as an application names it: kept as sealed tokens, shown masked."""

from collections.abc import Sequence
from typing import Any

from common.crypto import TenantKeys
from common.identifiers import Fault, bank_card_faults, compact_number, mask_bank_card, mask_name

from ..payouts.service import Payee
from .dossier import CARD, NAME, Dossier
from .errors import CardNotRead, FieldsInvalid, KindTakesNoPayee
from .payee_schemas import PayeeChoice, PayeeChosen
from .rules.applicant import HEIR
from .rules.cards import cards_on_paper


def card_faults(number: str) -> Sequence[Fault]:
    """Return what cannot be right with a card's number."""
    return bank_card_faults(compact_number(number))


def sealed_payee(choice: PayeeChoice, dossier: Dossier) -> dict[str, Any]:
    """Return a choice as the claim stores it; FieldsInvalid for a card number that cannot be right."""
    plan = dossier.kind.on_behalf
    if choice.kind == HEIR and (plan is None or HEIR not in plan.payees):
        raise KindTakesNoPayee
    number = compact_number(choice.card_number) if choice.card_number else None
    if choice.card_document_id is not None:
        number = cards_on_paper(dossier.documents).get(str(choice.card_document_id))
        if number is None:
            raise CardNotRead
    faults = card_faults(number) if number else ()
    if faults:
        raise FieldsInvalid(
            errors=[
                {"field": "payee.card_number", "code": f.code, "message": f.sentence.in_language()}
                for f in faults
            ]
        )
    keys = dossier.keys
    known = dossier.claim.payee or {}
    known = known if known.get("kind") == choice.kind else {}
    named = keys.open(known["name"], context=NAME) if known.get("name") else None
    if choice.kind == HEIR and choice.name and choice.name != named:
        known = {}  # a card belongs to whom it was given for
    kept = known.get("card")
    return {
        "kind": choice.kind,
        # The insured person's name is the register's; only an heir is named here.
        "name": known.get("name")
        or (keys.seal(choice.name, context=NAME) if choice.name and choice.kind == HEIR else None),
        "card": keys.seal(number, context=CARD) if number else kept,
        "bank_name": choice.bank_name or (known.get("bank_name") if kept and not number else None),
    }


def payee_of(dossier: Dossier) -> Payee:
    """Return who is paid: the insured person or the heir who was named; to the card of the application or register."""
    card, bank_name = dossier.card
    named = (dossier.claim.payee or {}).get("name")
    if named:
        return Payee(named, card, bank_name)
    if dossier.policy is not None:
        return Payee(dossier.policy.name, card, bank_name)
    return Payee(
        dossier.person.name if dossier.person else dossier.keys.seal("", context=NAME), card, bank_name
    )


def shown_payee(dossier: Dossier, keys: TenantKeys) -> PayeeChosen:
    """Return who will be paid, masked."""
    payee = payee_of(dossier)
    name = keys.open(payee.name, context=NAME)
    card = keys.open(payee.card, context=CARD) if payee.card else None
    return PayeeChosen(
        kind=dossier.applying.payee,
        name=mask_name(name) if name else None,
        card=mask_bank_card(card) if card else None,
        bank_name=payee.bank_name,
        named_here=bool(dossier.claim.payee),
    )
