"""People as they were entered, for whoever entered them to proofread before the report; each look is audited."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor, Eyes
from common.crypto import TenantKeys

from ..models import Person
from .repository import AdmissionRepository
from .schemas import AdmissionEntered, AdmissionsEntered


async def read_entered(
    session: AsyncSession, *, actor: Actor, keys: TenantKeys, ids: Sequence[UUID]
) -> AdmissionsEntered:
    """Return the whole values of those of these people whom the caller entered and may still correct; no others."""
    me, people = Eyes.of(actor), await AdmissionRepository.of(session).editable(actor, ids)
    mine = [person for person in people if me.are(person.submitters[0])]
    for person in mine:
        await record(session, actor_id=actor.id, action="member.opened", subject=f"person:{person.id}")
    return AdmissionsEntered(items=[_entered(person, keys) for person in mine])


def _entered(person: Person, keys: TenantKeys) -> AdmissionEntered:
    sealed = {
        "name": (person.name_sealed, "person.name"),
        "document_number": (person.document_sealed, "person.document"),
        "mobile": (person.mobile_sealed, "person.mobile"),
        "born_on": (person.born_sealed, "person.born"),
    }
    values = {field: keys.open(token, context=context) for field, (token, context) in sealed.items() if token}
    return AdmissionEntered(id=person.id, values=values | ({"sex": person.sex} if person.sex else {}))
