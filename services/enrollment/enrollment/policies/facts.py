"""Policies as other services are told them."""

from typing import Any

from common.contracts.enrollment import PolicyFact
from common.events import Sealed

from .models import Policy


def sealed(token: str | None, index: str | None) -> Sealed | None:
    """Return a stored value as events carry it."""
    return Sealed(ciphertext=token, index=index) if token else None


def policy_fact(row: Policy | Any) -> PolicyFact:
    """Return the fact of a policy; the stored tokens travel as they are."""
    return PolicyFact(
        version=row.version,
        policy_id=row.id,
        number=row.number,
        person_id=row.person_id,
        unit_id=row.unit_id,
        order_id=row.order_id,
        product_code=row.product_code,
        pack_version=row.pack_version,
        shares=row.shares,
        contribution=row.contribution,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        status=row.status,
        ended_on=row.ended_on,
        document_number=Sealed(ciphertext=row.document_token, index=row.document_index),
        name=Sealed(ciphertext=row.name_token, index=row.name_index),
        mobile=sealed(row.mobile_token, row.mobile_index),
        bank_card=sealed(row.card_token, row.card_index),
        bank_name=row.bank_name,
    )
