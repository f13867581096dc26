"""An erasure for the drill, through the service's own code: all that an approval does after two people agreed."""

from uuid import UUID

from common.ids import new_id
from huzhu.service_contexts import worker_of
from identity.privacy.erasing import SYSTEM, begin_erasure
from identity.privacy.models import DataRequest
from identity.privacy.repository import PrivacyRepository


async def erase_now(tenant_id: UUID, person_id: UUID) -> None:
    """Erase a person of a running platform."""
    context = worker_of("identity").context
    try:
        async with context.db.transaction(tenant_id) as session:
            privacy = PrivacyRepository.of(session)
            (person,) = await privacy.locked([person_id])
            request = privacy.add(
                DataRequest(
                    id=new_id(), kind="erasure", person_id=person_id, state="open", reason="drill", parts={},
                    requested_by=SYSTEM, requested_as="retention",
                )
            )  # fmt: skip
            request.begin(None)
            await session.flush()
            await begin_erasure(session, context=context, request=request, person=person)
    finally:
        await context.close()
