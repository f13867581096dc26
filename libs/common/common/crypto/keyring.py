"""Where a service's tenant keys come from: wrapped rows of its own database, under row-level security."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from ..db.repository import unscoped
from ..events.models import TenantKey
from .errors import CryptoError, NoTenantKey, UnknownKeyVersion
from .master import MasterKeys, new_tenant_key, rewrap_tenant_key, unwrap_tenant_key
from .tenant import TenantKeys

MEMO = "tenant_keys"
CACHED_TENANTS = 1024
LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('huzhu.tenant-key:' || :tenant, 0))")


class KeyVersionConflict(CryptoError):
    """Another key stands under this version already; taking the new one would make values unreadable."""


class Keyring:
    """Opens tenant keys. Unwrapped keys are cached per process, by the exact rows they were unwrapped from.

    The rows are read once per transaction (one look-up by primary key), not once per process: a process that
    did not know of a new version would miss, in a search by `blinds`, what others store under it.
    """

    def __init__(self, master: MasterKeys) -> None:
        self._master = master
        self._cache: dict[tuple[UUID, tuple[tuple[int, bytes], ...]], TenantKeys] = {}

    @property
    def newest_master(self) -> int:
        """The number of the master key that wraps what is new."""
        return self._master.newest

    async def for_tenant(self, session: AsyncSession, *, fresh: bool = False) -> TenantKeys:
        """Return the keys of the session's tenant; NoTenantKey if there is none (yet).

        Read once per session; `fresh` reads again, which a long transaction does on UnknownKeyVersion.
        """
        tenant_id = _tenant_of(session)
        memo = session.info.get(MEMO)
        if isinstance(memo, TenantKeys) and memo.tenant_id == tenant_id and not fresh:
            return memo
        rows = await wrapped_keys(session, tenant_id)
        keys = self._unwrapped(tenant_id, tuple((row.version, row.wrapped) for row in rows))
        session.info[MEMO] = keys
        return keys

    async def open(self, session: AsyncSession, token: str, *, context: str) -> str:
        """Open a token of the session's tenant; an unknown version makes it read the keys again, once."""
        keys = await self.for_tenant(session)
        try:
            return keys.open(token, context=context)
        except UnknownKeyVersion:
            return (await self.for_tenant(session, fresh=True)).open(token, context=context)

    async def add_version(self, session: AsyncSession, tenant_id: UUID) -> TenantKey:
        """Make the next version of a tenant's key (the first one too) and return its row.

        From this commit on new values are sealed under it; `reseal_batch` moves the old ones. The row's
        `wrapped` goes to the other services, who take it by `accept_version`.
        """
        _own(session, tenant_id)
        await session.execute(LOCK, {"tenant": str(tenant_id)})
        newest = await session.scalar(
            select(func.max(TenantKey.version)).where(TenantKey.tenant_id == tenant_id)
        )
        version = (newest or 0) + 1
        wrapped = new_tenant_key(self._master, tenant_id=tenant_id, version=version)
        return await self._store(session, tenant_id, version, wrapped)

    async def accept_version(
        self, session: AsyncSession, tenant_id: UUID, *, version: int, wrapped: bytes
    ) -> None:
        """Store a version that another service made; a second delivery changes nothing.

        Tampered or UnknownMasterKey if it does not unwrap, KeyVersionConflict if another key has its number.
        """
        _own(session, tenant_id)
        material = unwrap_tenant_key(self._master, wrapped, tenant_id=tenant_id, version=version)
        await session.execute(LOCK, {"tenant": str(tenant_id)})
        row = await session.get(TenantKey, (tenant_id, version))
        if row is None:
            await self._store(session, tenant_id, version, wrapped)
        elif material != unwrap_tenant_key(self._master, row.wrapped, tenant_id=tenant_id, version=version):
            raise KeyVersionConflict(f"version {version} of tenant {tenant_id} is another key")

    async def rewrap(self, session: AsyncSession) -> int:
        """Put the tenant's keys under the newest master key; return how many rows changed."""
        tenant_id = _tenant_of(session)
        await session.execute(LOCK, {"tenant": str(tenant_id)})
        changed = 0
        for row in await wrapped_keys(session, tenant_id):
            wrapped = rewrap_tenant_key(self._master, row.wrapped, tenant_id=tenant_id, version=row.version)
            changed += wrapped != row.wrapped
            row.wrapped = wrapped
        await session.flush()
        return changed

    async def _store(self, session: AsyncSession, tenant_id: UUID, version: int, wrapped: bytes) -> TenantKey:
        row = TenantKey(tenant_id=tenant_id, version=version, wrapped=wrapped)
        session.add(row)
        await session.flush()
        session.info.pop(MEMO, None)
        return row

    def _unwrapped(self, tenant_id: UUID, rows: tuple[tuple[int, bytes], ...]) -> TenantKeys:
        """The rows are the cache key: a version that was rolled back and made anew is another."""
        keys = self._cache.get((tenant_id, rows))
        if keys is None:
            keys = TenantKeys.unwrap(self._master, tenant_id, dict(rows))
            if len(self._cache) >= CACHED_TENANTS:
                self._cache.clear()
            self._cache[(tenant_id, rows)] = keys
        return keys


async def wrapped_keys(session: AsyncSession, tenant_id: UUID) -> Sequence[TenantKey]:
    """Return the stored versions of a tenant's key, oldest first."""
    statement = unscoped(
        select(TenantKey).where(TenantKey.tenant_id == tenant_id).order_by(TenantKey.version),
        why="scoped to the session's tenant here; TenantKey has no id of its own",
    )
    return (await session.execute(statement.execution_options(populate_existing=True))).scalars().all()


def _tenant_of(session: AsyncSession) -> UUID:
    tenant_id = session.info.get("tenant_id")
    if not isinstance(tenant_id, UUID):
        raise NoTenantKey("the session has no tenant")
    return tenant_id


def _own(session: AsyncSession, tenant_id: UUID) -> None:
    if _tenant_of(session) != tenant_id:
        raise ValueError("a tenant's keys are made in that tenant's transaction")
