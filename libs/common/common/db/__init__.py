"""PostgreSQL: engine, the session that commits at the edge, tenant-scoped repositories."""

from .columns import Base, TenantRow, VersionedRow
from .engine import Database
from .repository import IDS, TenantRepository, among, unscoped, without_tenant_filter

__all__ = [
    "IDS",
    "Base",
    "Database",
    "TenantRepository",
    "TenantRow",
    "VersionedRow",
    "among",
    "unscoped",
    "without_tenant_filter",
]
