"""SQL of templates: the pack versions that this service has."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from common.db import TenantRepository, unscoped
from common.events.models import TenantPackCopy


class PackVersions(TenantRepository):
    """The pack versions of one tenant."""

    async def oldest_first(self) -> Sequence[tuple[int, datetime]]:
        """Return the numbers of the versions, and from when each holds."""
        statement = unscoped(
            select(TenantPackCopy.version, TenantPackCopy.effective_from)
            .where(TenantPackCopy.tenant_id == self.tenant_id)
            .order_by(TenantPackCopy.version),
            why="scoped by the condition on the tenant",
        )
        return [(version, since) for version, since in await self.session.execute(statement)]
