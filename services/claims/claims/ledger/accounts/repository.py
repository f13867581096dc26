"""SQL of the funds' bank accounts."""

from collections.abc import Sequence

from common.clock import now
from common.db import TenantRepository

from .models import FundAccount


class AccountRepository(TenantRepository):
    """Bank accounts of one tenant's funds."""

    async def current(self, fund: str) -> FundAccount | None:
        """Return the account in force or None."""
        mine = self.select(FundAccount).where(FundAccount.fund == fund, FundAccount.effective_from <= now())
        return await self.first(mine.order_by(FundAccount.effective_from.desc(), FundAccount.id.desc()))

    async def history(self, fund: str) -> Sequence[FundAccount]:
        """Return every account that a fund had, the newest first."""
        mine = self.select(FundAccount).where(FundAccount.fund == fund)
        return await self.all(mine.order_by(FundAccount.effective_from.desc(), FundAccount.id.desc()))
