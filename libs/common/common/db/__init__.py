"""PostgreSQL: engine, the session that commits at the edge, tenant-scoped repositories."""

from .columns import Base, TenantRow, VersionedRow
from .engine import Database
from .repository import TenantRepository, unscoped, without_tenant_filter

__all__ = [
    "Base",
    "Database",
    "TenantRepository",
    "TenantRow",
    "VersionedRow",
    "unscoped",
    "without_tenant_filter",
]
