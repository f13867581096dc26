"""Who is paid, as an application names it: kept as sealed tokens, shown masked."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from common.crypto import TenantKeys
from common.identifiers import (
    Fault,
    bank_card_faults,
    bank_name_faults,
    compact_number,
    mask_bank_card,
    mask_document_number,
    mask_mobile,
    mask_name,
    plain_document_number,
)

from ..copies.repository import CopyRepository
from ..payouts.service import Payee
from .dossier import CARD, NAME, NUMBER, Dossier
from .errors import CardNotRead, FieldsInvalid, KindTakesNoPayee
from .payee_schemas import PayeeChoice, PayeeChosen
from .rules.applicant import HEIR
from .rules.cards import cards_on_paper
from .rules.form import Fault as FormFault
from .rules.heirs import HEIR_RELATIONS, Heir, heir_faults

MOBILE = "person.mobile"


def card_faults(number: str) -> Sequence[Fault]:
    """Return what cannot be right with a card's number."""
    return bank_card_faults(compact_number(number))


def sealed_payee(choice: PayeeChoice, dossier: Dossier) -> dict[str, Any]:
    """Return a choice as the claim stores it; FieldsInvalid with all that cannot be right."""
    plan = dossier.kind.on_behalf
    if choice.kind == HEIR and (plan is None or HEIR not in plan.payees):
        raise KindTakesNoPayee
    number = compact_number(choice.card_number) if choice.card_number else None
    if choice.card_document_id is not None:
        number = cards_on_paper(dossier.documents).get(str(choice.card_document_id))
        if number is None:
            raise CardNotRead
    known = dossier.claim.payee or {}
    known = known if known.get("kind") == choice.kind else {}
    named = _opened(dossier.keys, known, "name", NAME)
    if choice.kind == HEIR and choice.name and choice.name != named:
        known = {}  # a card, a number belong to whom they were given for
    faults = [
        FormFault(f.code, f.sentence, "payee.card_number") for f in (card_faults(number) if number else ())
    ]
    if choice.bank_name:
        faults += [
            FormFault(f.code, f.sentence, "payee.bank_name") for f in bank_name_faults(choice.bank_name)
        ]
    heir: dict[str, Any] = {}
    if choice.kind == HEIR:
        heir, wrong = _sealed_heir(choice, known, dossier)
        faults += wrong
    if faults:
        raise FieldsInvalid(errors=[fault.as_error() for fault in faults])
    before = known.get("card")
    # The bank goes with the card; the one that was typed before the number waits for it.
    bank_name = known.get("bank_name") if before is None or number is None else None
    return {
        "kind": choice.kind,
        # The insured person's name is the register's; only an heir is named here.
        "name": known.get("name"),
        "card": dossier.keys.seal(number, context=CARD) if number else before,
        "bank_name": choice.bank_name or bank_name,
    } | heir


def _sealed_heir(
    choice: PayeeChoice, known: dict[str, Any], dossier: Dossier
) -> tuple[dict[str, Any], list[FormFault]]:
    """Return what is known of an heir with what was typed now, sealed, and what cannot be right with it."""
    keys = dossier.keys
    before = opened_heir(known, keys) or Heir()
    number = plain_document_number(choice.document_number) if choice.document_number else None
    heir = Heir(
        name=choice.name or before.name,
        document_kind=choice.document_kind or before.document_kind,
        document_number=number or before.document_number,
        mobile=compact_number(choice.mobile) if choice.mobile else before.mobile,
    )
    is_insured = heir.document_number is not None and dossier.has_number(heir.document_number)
    faults = list(heir_faults(heir, insured_names=dossier.insured_names, is_insured=is_insured))
    sealed = {
        "name": keys.seal(heir.name, context=NAME) if heir.name else None,
        "relation": choice.relation or known.get("relation"),
        "document_kind": heir.document_kind,
        "document_number": keys.seal(heir.document_number, context=NUMBER) if heir.document_number else None,
        "mobile": keys.seal(heir.mobile, context=MOBILE) if heir.mobile else None,
    }
    return sealed, faults


def opened_heir(known: Mapping[str, Any], keys: TenantKeys) -> Heir | None:
    """Return the heir whom a claim names, in full; None where no heir is paid."""
    if known.get("kind") != HEIR:
        return None
    return Heir(
        name=_opened(keys, known, "name", NAME),
        document_kind=known.get("document_kind") or "resident_id",
        document_number=_opened(keys, known, "document_number", NUMBER),
        mobile=_opened(keys, known, "mobile", MOBILE),
    )


def _opened(keys: TenantKeys, known: Mapping[str, Any], name: str, context: str) -> str | None:
    return keys.open(known[name], context=context) if known.get(name) else None


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


async def names_new_card(session: AsyncSession, dossier: Dossier) -> bool:
    """Whether the application names a card to be paid on that neither the enrolment nor the member's file has."""
    card, keys = dossier.card[0], dossier.keys
    if card is None or (dossier.on_file is not None and card == dossier.on_file.card):
        return False
    known = [dossier.policy.bank_card] if dossier.policy is not None else []
    if card in known:
        return False
    on_file = await CopyRepository(session, dossier.claim.tenant_id).cards([dossier.claim.person_id])
    known += [one.card for one in on_file.values()]
    named = compact_number(keys.open(card, context=CARD))
    return all(named != compact_number(keys.open(one, context=CARD)) for one in known if one)


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
        **_shown_heir(dossier.claim.payee or {}, keys),
    )


def _shown_heir(known: Mapping[str, Any], keys: TenantKeys) -> dict[str, str | None]:
    """Return how an heir is related and found, masked; nothing of the insured person."""
    heir = opened_heir(known, keys)
    if heir is None:
        return {}
    number, mobile = heir.document_number, heir.mobile
    relation = known.get("relation")
    return {
        "relation": relation,
        "relation_title": HEIR_RELATIONS[relation].in_language() if relation else None,
        "document_kind": known.get("document_kind"),
        "document_number": mask_document_number(number) if number else None,
        "mobile": mask_mobile(mobile) if mobile else None,
    }
