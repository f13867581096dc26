"""The tenant's pack, as this service's copy has it."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from .clock import now
from .contracts.pack import TenantPack
from .errors import ServiceBusy
from .events.models import TenantPackCopy

_parsed: dict[tuple[UUID, int], TenantPack] = {}


async def current_version(session: AsyncSession) -> int:
    """Return the version of the pack in force now for the session's tenant."""
    tenant_id = session.info["tenant_id"]
    statement = (
        select(TenantPackCopy.version)
        .where(TenantPackCopy.tenant_id == tenant_id, TenantPackCopy.effective_from <= now())
        .order_by(TenantPackCopy.version.desc())
        .limit(1)
    )
    version = (await session.execute(statement)).scalar_one_or_none()
    if version is None:
        raise ServiceBusy
    return version


async def pack_of_version(session: AsyncSession, version: int) -> TenantPack:
    """Return one version of the session's tenant's pack; a version never changes, so it is parsed once."""
    tenant_id: UUID = session.info["tenant_id"]
    known = _parsed.get((tenant_id, version))
    if known is not None:
        return known
    statement = select(TenantPackCopy.pack).where(
        TenantPackCopy.tenant_id == tenant_id, TenantPackCopy.version == version
    )
    stored = (await session.execute(statement)).scalar_one_or_none()
    if stored is None:
        raise ServiceBusy
    pack = TenantPack.from_json(stored)
    _parsed[tenant_id, version] = pack
    return pack


async def pack_versions(session: AsyncSession) -> list[int]:
    """Return all versions of the session's tenant's pack that this service knows, newest first."""
    statement = select(TenantPackCopy.version).where(TenantPackCopy.tenant_id == session.info["tenant_id"])
    return list((await session.execute(statement.order_by(TenantPackCopy.version.desc()))).scalars())


async def current_pack(session: AsyncSession) -> TenantPack:
    """Return the pack in force now for the session's tenant."""
    return await pack_of_version(session, await current_version(session))
