"""SQL of tenants, packs and the organisation tree."""

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.identity import WrappedKey
from common.db import unscoped
from common.events.models import TenantDirectory, TenantKey, TenantPackCopy
from common.ids import new_id

from ..repository import IdentityRepository
from .models import OrgNode, PackAcknowledgement, PackVersion

LOCK = unscoped(
    text("SELECT pg_advisory_xact_lock(hashtextextended('huzhu.identity.pack:' || :tenant, 0))"),
    why="a lock on a tenant that may not exist yet",
)


async def directory_entries(
    session: AsyncSession, *, code: str, tenant_id: UUID | None = None
) -> dict[UUID, str]:
    """Return the id and code of the tenants that have this code or this id."""
    same = TenantDirectory.code == code
    if tenant_id is not None:
        same = or_(same, TenantDirectory.tenant_id == tenant_id)
    rows = await session.execute(
        unscoped(
            select(TenantDirectory.tenant_id, TenantDirectory.code).where(same),
            why="the directory of public codes belongs to no tenant",
        )
    )
    return {row.tenant_id: row.code for row in rows}


class TenantsRepository(IdentityRepository):
    """One tenant's packs, tree and copies of what all services hold."""

    async def lock(self) -> None:
        """Let nobody else change this tenant's packs until the transaction ends."""
        await self.session.execute(LOCK, {"tenant": str(self.tenant_id)})

    async def packs(self) -> Sequence[PackVersion]:
        """Return all versions, newest first."""
        return await self.all(self.select(PackVersion).order_by(PackVersion.number.desc()))

    async def pack(self, number: int) -> PackVersion | None:
        """Lock and return one version."""
        return await self.first(
            self.select(PackVersion).where(PackVersion.number == number).with_for_update()
        )

    async def acknowledge(self, number: int, service: str) -> None:
        """Remember that a service has a version; saying it again changes nothing."""
        statement = insert(PackAcknowledgement).values(
            tenant_id=self.tenant_id, id=new_id(), number=number, service=service
        )
        await self.session.execute(statement.on_conflict_do_nothing())

    async def acknowledgements(self) -> dict[int, set[str]]:
        """Return who has which version."""
        found: dict[int, set[str]] = {}
        for row in await self.all(self.select(PackAcknowledgement)):
            found.setdefault(row.number, set()).add(row.service)
        return found

    async def nodes(self) -> Sequence[OrgNode]:
        """Return the tree, parents first."""
        return await self.all(self.select(OrgNode).order_by(OrgNode.path))

    async def node(self, code: str) -> OrgNode | None:
        """Return a node that still takes units."""
        return await self.first(
            self.select(OrgNode).where(OrgNode.code == code, OrgNode.retired_at.is_(None))
        )

    async def store_copy(
        self, *, code: str, number: int, effective_from: datetime, pack: dict[str, Any]
    ) -> None:
        """Write what the other services write when they hear of the version: directory entry and pack."""
        await self.session.execute(
            insert(TenantDirectory).values(tenant_id=self.tenant_id, code=code).on_conflict_do_nothing()
        )
        copy = insert(TenantPackCopy).values(
            tenant_id=self.tenant_id, version=number, effective_from=effective_from, pack=pack
        )
        await self.session.execute(copy.on_conflict_do_nothing())

    async def newest_key(self) -> TenantKey | None:
        """Return the tenant's newest key."""
        statement = unscoped(
            select(TenantKey)
            .where(TenantKey.tenant_id == self.tenant_id)
            .order_by(TenantKey.version.desc())
            .limit(1),
            why="scoped to the tenant here; a key row has no id of its own",
        )
        key: TenantKey | None = (await self.session.execute(statement)).scalar_one_or_none()
        return key

    async def wrapped_keys(self) -> list[WrappedKey]:
        """Return the tenant's keys as events carry them."""
        statement = unscoped(
            select(TenantKey).where(TenantKey.tenant_id == self.tenant_id).order_by(TenantKey.version),
            why="scoped to the tenant here; a key row has no id of its own",
        )
        rows = (await self.session.execute(statement)).scalars()
        return [
            WrappedKey(version=row.version, wrapped=base64.b64encode(row.wrapped).decode()) for row in rows
        ]
