"""People of an order as responses show them: masked."""

from typing import Any

from common.crypto import TenantKeys
from common.identifiers import mask_bank_card, mask_document_number, mask_mobile, mask_name

from ..amounts import yuan
from .models import OrderPerson
from .reasons import action_in, reason_of
from .schemas import PersonRead, ReasonRead
from .sealing import OpenedPerson, open_person


def opened(person: OrderPerson, keys: TenantKeys) -> OpenedPerson:
    """Open a person's values."""
    return open_person(
        keys,
        document=person.document_token,
        name=person.name_token,
        mobile=person.mobile_token,
        card=person.card_token,
        note=person.note_token,
    )


def read_person(person: OrderPerson, keys: TenantKeys) -> PersonRead:
    """Return a person with masked values and the reasons in the language of the request."""
    values = opened(person, keys)
    return PersonRead(
        id=person.id,
        row=person.sheet_row,
        name=mask_name(values.name),
        document_number=mask_document_number(values.document),
        mobile=mask_mobile(values.mobile),
        bank_card=mask_bank_card(values.card),
        bank_name=person.bank_name,
        note=values.note,
        shares=person.shares,
        insurable=person.insurable,
        reasons=[read_reason(stored) for stored in person.reasons],
        outcome=person.outcome,
        action=person.action,
        contribution=None if person.contribution is None else yuan(person.contribution),
    )


def read_reason(stored: dict[str, Any]) -> ReasonRead:
    """Return a stored reason in the language of the request, with its next step."""
    reason, action = reason_of(stored), action_in(stored)
    return ReasonRead(
        code=reason.code,
        field=reason.field,
        message=reason.message.in_language(),
        advice=reason.advice.in_language(),
        action=action.code,
        action_text=action.text.in_language(),
    )
