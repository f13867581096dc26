"""Erasing what a person handed in, and what others did for them: keys are destroyed, what was read is forgotten."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record

from ..documents.models import ERASED
from ..documents.repository import DocumentRepository
from ..documents.vault import Vault
from ..queue.repository import QueueRepository


async def erase_documents(
    session: AsyncSession, *, person_id: UUID, ids: Collection[UUID], actor_id: object, vault: Vault
) -> int:
    """Erase documents about a person that were handed in for them; return how many that concerned.

    Another person's own documents stay, though they were filed with the claim: they go with that person. What lies in
    the store of older ones, which have no key of their own, is removed by the worker. Doing it again changes nothing.
    """
    documents = [
        document
        for document in await DocumentRepository.of(session).named(ids)
        if document.person_id in {None, person_id} and document.state != ERASED
    ]
    for document in documents:
        if document.key_id == document.id:
            await vault.destroy_key(session, document.key_id)
        document.erase()
    await QueueRepository.of(session).remove_all([document.id for document in documents])
    if documents:
        await record(
            session,
            actor_id=actor_id,
            action="person.documents_erased",
            subject=f"person:{person_id}",
            detail={"documents": len(documents)},
        )
    return len(documents)


async def erase_person(session: AsyncSession, *, person_id: UUID, actor_id: object, vault: Vault) -> int:
    """Erase every document under a person's key; return how many there were.

    The contents in the store, and every copy and backup of them, cannot be opened any more. The rows stay, without
    name and recognition, so that claims still say which evidence there was. Doing it again changes nothing.
    """
    await vault.destroy_key(session, person_id)
    documents = await DocumentRepository.of(session).of_key(person_id)
    for document in documents:
        document.erase()
    await QueueRepository.of(session).remove_all([document.id for document in documents])
    await record(
        session,
        actor_id=actor_id,
        action="person.documents_erased",
        subject=f"person:{person_id}",
        detail={"documents": len(documents)},
    )
    return len(documents)
