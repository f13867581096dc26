"""SQL of the documents."""

from collections.abc import Collection, Sequence
from typing import Self
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.db import TenantRepository, among
from common.errors import NotFound
from common.http import Cursor

from . import rules
from .models import ERASED, Document


class DocumentRepository(TenantRepository):
    """Documents of the session's tenant."""

    @classmethod
    def of(cls, session: AsyncSession) -> Self:
        """Return the repository for the tenant that the session was opened for."""
        return cls(session, session.info["tenant_id"])

    async def seen_by(self, actor: Actor, document_id: UUID) -> Document:
        """Return a document that the actor may see; NotFound also for somebody else's."""
        document = await self.get(document_id)
        own = rules.is_own(actor, owner_id=document.owner_id, person_id=document.person_id)
        if not own and not rules.reads_all(actor):
            raise NotFound
        return document

    async def get(self, document_id: UUID, *, lock: bool = False) -> Document:
        """Return a document; NotFound."""
        document = await self.find(Document, document_id, lock=lock)
        if document is None:
            raise NotFound
        return document

    async def own(self, actor: Actor, cursor: Cursor) -> Sequence[Document]:
        """Return the actor's own documents, newest first."""
        mine: ColumnElement[bool] = Document.owner_id == actor.id
        if actor.person_id is not None:
            mine = or_(mine, Document.person_id == actor.person_id)
        return await self.all(cursor.apply(self.select(Document).where(mine), Document))

    async def of_key(self, key_id: UUID) -> Sequence[Document]:
        """Return all documents under a key, locked."""
        statement = self.select(Document).where(Document.key_id == key_id).order_by(Document.id)
        return await self.all(statement.with_for_update().execution_options(populate_existing=True))

    async def named(self, ids: Collection[UUID]) -> Sequence[Document]:
        """Return some documents, those that there are, locked."""
        statement = self.select(Document).where(Document.id.in_(ids)).order_by(Document.id)
        return await self.all(statement.with_for_update().execution_options(populate_existing=True))

    async def next_after(self, document_id: UUID | None, most: int) -> Sequence[tuple[UUID, bool]]:
        """Return the next documents by id, and of each whether it is a PDF of whose pages there are no pictures."""
        lacks = and_(Document.media_type == rules.PDF, Document.pages == 0, Document.state != ERASED)
        statement = self.select_columns(Document, Document.id, lacks)
        if document_id is not None:
            statement = statement.where(Document.id > document_id)
        found = await self.session.execute(statement.order_by(Document.id).limit(most))
        return [(row[0], row[1]) for row in found]

    async def without_content(self, ids: Sequence[UUID]) -> set[UUID]:
        """Return those ids that no document has, or an erased one: nothing of it may lie in the store."""
        statement = self.select_columns(Document, Document.id).where(
            among(Document.id, ids), Document.state != ERASED
        )
        return set(ids) - set((await self.session.execute(statement)).scalars())
