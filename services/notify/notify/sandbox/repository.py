"""SQL of the sandbox."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from common.db import TenantRepository, unscoped

from .models import SandboxMessage

NEWEST = 100


class SandboxRepository(TenantRepository):
    """The sandbox's phones of one tenant."""

    async def deliver(self, row: dict[str, Any]) -> None:
        """Put a message on a phone, once."""
        statement = insert(SandboxMessage).values({**row, "tenant_id": self.tenant_id})
        await self.session.execute(
            unscoped(statement.on_conflict_do_nothing(), why="the row carries this tenant's id")
        )

    async def newest(self, mobile_indexes: Sequence[str] | None) -> Sequence[SandboxMessage]:
        """Return the newest messages, of one phone if its indexes are given."""
        statement = self.select(SandboxMessage).order_by(SandboxMessage.created_at.desc()).limit(NEWEST)
        if mobile_indexes is not None:
            statement = statement.where(SandboxMessage.mobile_index.in_(mobile_indexes))
        return await self.all(statement)
