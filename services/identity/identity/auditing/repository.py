"""SQL of the names that a reader of the audit log asks for."""

from collections.abc import Sequence
from uuid import UUID

from common.text import Text

from ..accounts.models import Account
from ..members.models import Person
from ..repository import IdentityRepository
from ..tenants.models import OrgNode
from ..units.models import Unit


class AuditingRepository(IdentityRepository):
    """Accounts, persons, units and branches of one tenant, by what entries hold of them."""

    async def accounts(self, ids: Sequence[UUID]) -> Sequence[Account]:
        """Return accounts of any kind, closed ones too."""
        return await self.all(self.select(Account).where(Account.id.in_(ids)))

    async def people(self, ids: Sequence[UUID]) -> Sequence[Person]:
        """Return persons in any state."""
        return await self.all(self.select(Person).where(Person.id.in_(ids)))

    async def unit_names(self, ids: Sequence[UUID]) -> dict[UUID, str]:
        """Return the names of units."""
        found = await self.session.execute(
            self.select_columns(Unit, Unit.id, Unit.name).where(Unit.id.in_(ids))
        )
        return {row[0]: row[1] for row in found}

    async def branch_names(self) -> dict[str, str]:
        """Return what each path of the organisation is called."""
        nodes = await self.all(self.select(OrgNode))
        return {node.path: Text(node.name_zh, node.name_en).in_language() for node in nodes}
