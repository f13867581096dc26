"""Fresh tenants: each test has its own, so tests share a database without meeting each other's rows."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from ..clock import now
from ..contracts.pack import TenantPack
from ..crypto import MasterKeys, TenantKeys, new_tenant_key
from ..db.engine import Database
from ..events.models import TenantDirectory, TenantKey, TenantPackCopy
from ..ids import new_id


@dataclass(frozen=True)
class TestTenant:
    """A tenant made for one test."""

    __test__ = False

    id: UUID
    code: str
    pack: TenantPack
    keys: TenantKeys
    wrapped: bytes


def make_tenant(pack: TenantPack, master: MasterKeys) -> TestTenant:
    """Make a tenant with a code, an id and a key of its own that uses `pack`."""
    tenant_id = new_id()
    wrapped = new_tenant_key(master, tenant_id=tenant_id, version=1)
    keys = TenantKeys.unwrap(master, tenant_id, {1: wrapped})
    return TestTenant(tenant_id, f"t{tenant_id.hex[:24]}", pack, keys, wrapped)


async def add_tenant(db: Database, tenant: TestTenant) -> None:
    """Put a tenant into a service's database, as its consumer of TenantConfigured would."""
    async with db.transaction(tenant.id) as session:
        session.add(TenantDirectory(tenant_id=tenant.id, code=tenant.code))
        session.add(TenantKey(tenant_id=tenant.id, version=1, wrapped=tenant.wrapped))
        session.add(
            TenantPackCopy(
                tenant_id=tenant.id,
                version=tenant.pack.version,
                effective_from=now() - timedelta(days=1),
                pack=tenant.pack.to_dict(),
            )
        )
