"""Erasures outlast a restore: the erased are noted beside the database, and erased again where it went back in time."""

from uuid import UUID

from common.http import ServiceContext
from common.ids import new_id
from common.storage import ObjectStore, object_name

from .erasing import SYSTEM, begin_erasure
from .models import DataRequest
from .repository import PrivacyRepository

FOLDER = "erased"
EXTRA = "erasure_notes"


class ErasureNotes:
    """An empty object for each erased person, named by the person's id, which says nothing else."""

    def __init__(self, context: ServiceContext) -> None:
        self._store = ObjectStore.connect(context.settings, context.service)
        self._has_bucket = False
        context.closing.append(self._store.close)

    @classmethod
    def of(cls, context: ServiceContext) -> "ErasureNotes":
        """Return the notes of a process."""
        notes = context.extras.get(EXTRA)
        if not isinstance(notes, ErasureNotes):
            notes = context.extras[EXTRA] = cls(context)
        return notes

    async def people(self, tenant_id: UUID) -> set[UUID]:
        """Return everybody who was ever erased."""
        if not self._has_bucket:
            await self._store.ensure_bucket()
            self._has_bucket = True
        return {
            UUID(name.rsplit("/", 1)[1]) for name in await self._store.names(object_name(tenant_id, FOLDER))
        }

    async def note(self, tenant_id: UUID, person_id: UUID) -> None:
        """Write somebody down; again it changes nothing."""
        await self._store.put_bytes(object_name(tenant_id, FOLDER, person_id), b"")


async def keep_erasures(context: ServiceContext, tenant_id: UUID) -> None:
    """Note whom the database says erased; erase again who is noted and, after a restore, is not."""
    notes = ErasureNotes.of(context)
    noted = await notes.people(tenant_id)
    async with context.db.transaction(tenant_id) as session:
        erased = await PrivacyRepository.of(session).erased()
    for person_id in sorted(erased - noted):
        await notes.note(tenant_id, person_id)
    for person_id in sorted(noted - erased):
        await _erase_again(context, tenant_id, person_id)


async def _erase_again(context: ServiceContext, tenant_id: UUID, person_id: UUID) -> None:
    async with context.db.transaction(tenant_id) as session:
        privacy = PrivacyRepository.of(session)
        found = await privacy.locked([person_id])
        if not found:  # who came after the moment restored is not there either
            return
        request = privacy.add(
            DataRequest(
                id=new_id(), kind="erasure", person_id=person_id, state="open", reason="restored", parts={},
                requested_by=SYSTEM, requested_as="retention",
            )
        )  # fmt: skip
        request.begin(None)
        await session.flush()
        await begin_erasure(session, context=context, request=request, person=found[0])
