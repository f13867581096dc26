"""SQL of staff accounts."""

from collections.abc import Sequence

from common.auth import Actor
from common.db.scope import within_reach
from common.http import Cursor

from ..accounts.models import Account
from ..repository import IdentityRepository


class StaffRepository(IdentityRepository):
    """The staff of one tenant."""

    async def page(self, actor: Actor, cursor: Cursor) -> Sequence[Account]:
        """Return the staff of the caller's part of the organisation, newest first."""
        statement = self.select(Account).where(Account.kind == "staff", within_reach(actor, Account.org_path))
        return await self.all(cursor.apply(statement, Account))
