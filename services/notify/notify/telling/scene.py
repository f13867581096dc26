"""What a message needs besides its event: the pack, the keys, the copies."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.pack import TenantPack
from common.crypto import TenantKeys
from common.tenancy import current_pack
from common.text import Text

from ..copies.models import Recipient, UnitCopy
from ..copies.repository import CopyRepository
from ..messages.composing import Cause, Told, tell


@dataclass(frozen=True)
class Scene:
    """One event being told."""

    session: AsyncSession
    keys: TenantKeys
    pack: TenantPack
    cause_id: UUID
    copies: CopyRepository

    @classmethod
    async def of(cls, session: AsyncSession, *, keys: TenantKeys, cause_id: UUID) -> "Scene":
        """Gather it for the session's tenant."""
        pack = await current_pack(session)
        return cls(session, keys, pack, cause_id, CopyRepository(session, session.info["tenant_id"]))

    async def tell(
        self, name: str, audience: str, *recipients: Told, channels: frozenset[str] | None = None
    ) -> None:
        """Make the messages; `channels`: only these of the ones that the pack has."""
        cause = Cause(self.cause_id, name, audience, channels=channels)
        await tell(self.session, pack=self.pack, keys=self.keys, cause=cause, recipients=recipients)

    async def person(self, person_id: UUID) -> Recipient | None:
        """Return what is known of a person."""
        return (await self.copies.recipients([person_id])).get(person_id)

    async def unit(self, unit_id: UUID) -> UnitCopy | None:
        """Return what is known of a unit."""
        return (await self.copies.units([unit_id])).get(unit_id)

    async def units(self, ids: Iterable[UUID]) -> dict[UUID, UnitCopy]:
        """Return what is known of units."""
        return await self.copies.units(ids)

    def name_of(self, sealed: str) -> str:
        """Open a person's name."""
        return self.keys.open(sealed, context="person.name")

    def product_title(self, code: str) -> Text:
        """Return a product's title; its code if the pack no longer has it."""
        try:
            return self.pack.product(code).title.text()
        except KeyError:
            return Text(code, code)

    def kind_title(self, code: str) -> Text:
        """Return the title of a kind of claim; its code if the pack no longer has it."""
        titles = (kind.title.text() for kind in self.pack.claims if kind.code == code)
        return next(titles, Text(code, code))

    def node_title(self, kind: str, node: str) -> Text:
        """Return the title of a node of a kind's chain; its code if the pack no longer has it."""
        known = kind in {item.code for item in self.pack.claims}
        nodes = self.pack.claim_chain(kind).nodes if known else ()
        return next((n.title.text() for n in nodes if n.code == node), Text(node, node))

    def roles_with(self, permission: str) -> list[str]:
        """Return the roles of the pack that carry a permission."""
        return [role.code for role in self.pack.roles if permission in role.permissions]
