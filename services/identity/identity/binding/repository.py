"""SQL of bindings."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.sql.elements import ColumnElement

from common.auth import Actor
from common.http import Cursor

from ..members.models import Person
from ..members.repository import visible_to
from ..repository import IdentityRepository
from .models import Binding


class BindingRepository(IdentityRepository):
    """The bindings of one tenant."""

    async def of_device(self, binding_id: UUID, token_digest: str) -> Binding | None:
        """Lock and return a binding that this device began."""
        statement = self.select(Binding).where(Binding.id == binding_id, Binding.token_digest == token_digest)
        return await self.first(statement.with_for_update().execution_options(populate_existing=True))

    async def waiting(self, actor: Actor, cursor: Cursor, *, at: datetime) -> Sequence[Binding]:
        """Return the bindings that wait for the union, of persons whom the caller may see."""
        statement = self.select(Binding).where(
            Binding.state == "other_ways", Binding.expires_at > at, self._in_reach(actor)
        )
        return await self.all(cursor.apply(statement, Binding))

    async def in_reach(self, binding_id: UUID, actor: Actor) -> Binding | None:
        """Lock and return a binding of a person whom the caller may see."""
        statement = self.select(Binding).where(Binding.id == binding_id, self._in_reach(actor))
        return await self.first(statement.with_for_update().execution_options(populate_existing=True))

    async def end_others(self, person_id: UUID, *, but: UUID) -> None:
        """End the other open bindings of a person."""
        statement = self.update(Binding).where(
            Binding.person_id == person_id, Binding.id != but, Binding.state.in_(("face", "other_ways"))
        )
        await self.session.execute(statement.values(state="ended", face_token=None))

    async def forget(self, *, expired_before: datetime) -> None:
        """Delete bindings that expired long ago."""
        await self.session.execute(self.delete(Binding).where(Binding.expires_at < expired_before))

    def _in_reach(self, actor: Actor) -> ColumnElement[bool]:
        seen = select(Person.id).where(Person.tenant_id == self.tenant_id, visible_to(actor))
        return Binding.person_id.in_(seen)
