"""Who applies for another: how they are related to the person, and the words they agreed to."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.clock import now
from common.contracts.pack import ClaimKind
from common.crypto import TenantKeys
from common.text import Text

from ..copies.repository import CopyRepository
from .errors import BehalfNotPossible
from .reading import RELATIONS


async def behalf_of(
    session: AsyncSession, *, actor: Actor, kind: ClaimKind, relation: str, keys: TenantKeys
) -> dict[str, Any]:
    """Return who applies for the person, as the claim keeps it: with the words they agreed to, and when."""
    applicant = None
    if actor.person_id is not None:
        copies = CopyRepository(session, actor.tenant_id)
        person = await copies.person(actor.person_id)
        policies = () if person else await copies.policies_of(actor.person_id)
        applicant = person.name if person else (policies[-1].name if policies else None)
    return {
        "relation": relation,
        "consent": consent_to(kind, relation),
        "at": now().isoformat(),
        "account_id": str(actor.id),
        "person_id": str(actor.person_id) if actor.person_id else None,
        "applicant": applicant,
    }


def consent_to(kind: ClaimKind, relation: str) -> dict[str, str]:
    """Return the words of consent; BehalfNotPossible where the kind does not take somebody so related."""
    plan = kind.on_behalf
    if plan is None or relation not in plan.relations or relation == "self":
        offered = [name for name in plan.relations if name != "self"] if plan else []
        names = [RELATIONS[name].in_language() for name in offered]
        zh, en = "、".join(names), ", ".join(names)
        others = Text(f"，或选择所列关系：{zh}", f", or one of: {en}") if names else Text("", "")
        raise BehalfNotPossible(relations=others.in_language())
    return {"zh": plan.consent.zh, "en": plan.consent.en}
