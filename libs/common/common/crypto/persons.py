"""A key per person for the objects about them: destroying the key erases all of them, copies included."""

import os
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from ..clock import now
from ..db.columns import Base, TenantRow
from ..db.repository import TenantRepository
from ..errors import NotFound
from .errors import PersonErased
from .keyring import Keyring

CONTEXT = "person_key"


class PersonKey(TenantRow, Base):
    """A person's object key (32 bytes) sealed by the tenant key; `id` is the person's id.

    `sealed` becomes None when the person is erased; the row stays, so that no new key is made by mistake.
    """

    __tablename__ = "person_key"
    sealed: Mapped[str | None]
    destroyed_at: Mapped[datetime | None]

    def destroy(self) -> None:
        """Forget the key; doing it again changes nothing."""
        if self.sealed is not None:
            self.sealed = None
            self.destroyed_at = now()


class PersonKeys:
    """The person keys of the session's tenant."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    async def obtain(self, session: AsyncSession, person_id: UUID) -> bytes:
        """Return the person's key, making it at the first time; PersonErased if it was destroyed.

        Two transactions that come first at once get the same key: the second waits for the first's commit.
        """
        keys = await self._keyring.for_tenant(session)
        sealed = keys.seal_bytes(os.urandom(32), context=f"{CONTEXT}:{person_id}")
        await session.execute(
            insert(PersonKey)
            .values(tenant_id=keys.tenant_id, id=person_id, sealed=sealed, created_at=now())
            .on_conflict_do_nothing()
        )
        return await self.find(session, person_id)

    async def find(self, session: AsyncSession, person_id: UUID) -> bytes:
        """Return the person's key for reading; NotFound if there never was one, PersonErased if destroyed."""
        keys = await self._keyring.for_tenant(session)
        repository = TenantRepository(session, keys.tenant_id)
        statement = repository.select(PersonKey).where(PersonKey.id == person_id)
        row = await repository.first(statement.execution_options(populate_existing=True))
        if row is None:
            raise NotFound
        if row.sealed is None:
            raise PersonErased("this person's objects were erased")
        return keys.open_bytes(row.sealed, context=f"{CONTEXT}:{person_id}")

    async def destroy(self, session: AsyncSession, person_id: UUID) -> None:
        """Erase: the key is gone with the caller's commit. Also for a person who never had one.

        Old row versions leave the database's files with the next VACUUM and its log's recycling; a backup
        keeps the sealed key, so erasures are run again after a restore (they are events).
        """
        tenant_id = (await self._keyring.for_tenant(session)).tenant_id
        await session.execute(
            insert(PersonKey)
            .values(tenant_id=tenant_id, id=person_id, sealed=None, destroyed_at=now(), created_at=now())
            .on_conflict_do_update(
                index_elements=["tenant_id", "id"],
                set_={"sealed": None, "destroyed_at": now()},
                where=PersonKey.sealed.is_not(None),
            )
        )
