"""Base of identity's repositories."""

from typing import Self

from sqlalchemy.ext.asyncio import AsyncSession

from common.db import TenantRepository


class IdentityRepository(TenantRepository):
    """A repository of the session's tenant."""

    @classmethod
    def of(cls, session: AsyncSession) -> Self:
        """Return the repository for the tenant that the session was opened for."""
        return cls(session, session.info["tenant_id"])
