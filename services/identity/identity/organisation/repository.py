"""SQL of the tree: what hangs below a branch, and moving all of it at once."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func

from common.auth import Actor
from common.auth.scope import path_range
from common.db.columns import TenantRow
from common.db.scope import within_reach

from ..accounts.models import Account
from ..tenants.models import OrgNode
from ..tenants.repository import TenantsRepository
from ..units.models import Unit


class Below(NamedTuple):
    """What hangs below a branch: open branches, units, staff who may sign in."""

    branches: int
    units: int
    staff: int


class OrganisationRepository(TenantsRepository):
    """The tree of one tenant."""

    async def reachable(self, actor: Actor) -> Sequence[OrgNode]:
        """Return the branches within the caller's reach, parents first."""
        statement = self.select(OrgNode).where(within_reach(actor, OrgNode.path))
        return await self.all(statement.order_by(OrgNode.path))

    async def codes(self) -> dict[UUID, str]:
        """Return the codes of all branches by id."""
        rows = await self.session.execute(self.select_columns(OrgNode, OrgNode.id, OrgNode.code))
        return {row.id: row.code for row in rows}

    async def of_code(self, code: str, *, lock: bool = False) -> OrgNode | None:
        """Return a branch, closed ones too."""
        statement = self.select(OrgNode).where(OrgNode.code == code)
        if lock:
            statement = statement.with_for_update().execution_options(populate_existing=True)
        return await self.first(statement)

    async def units_by_path(self) -> dict[str, int]:
        """Count the units that hang directly below each path."""
        return await self._by_path(Unit)

    async def staff_by_path(self) -> dict[str, int]:
        """Count the open staff accounts that work directly for each path."""
        statement = self.select_columns(Account, Account.org_path, func.count()).where(
            Account.kind == "staff", Account.status != "closed"
        )
        rows = await self.session.execute(statement.group_by(Account.org_path))
        return {row[0]: row[1] for row in rows}

    async def _by_path(self, model: type[Unit]) -> dict[str, int]:
        statement = self.select_columns(model, model.org_path, func.count()).group_by(model.org_path)
        return {row[0]: row[1] for row in await self.session.execute(statement)}

    async def below(self, path: str) -> Below:
        """Count what hangs at or below a path, the branch itself apart."""
        low, high = path_range(path)

        async def count(model: type[TenantRow], *conditions: object) -> int:
            statement = self.select_columns(model, func.count()).where(*conditions)  # type: ignore[arg-type]
            return int((await self.session.execute(statement)).scalar_one())

        return Below(
            await count(OrgNode, OrgNode.path > low, OrgNode.path < high, OrgNode.retired_at.is_(None)),
            await count(Unit, Unit.org_path >= low, Unit.org_path < high),
            await count(
                Account, Account.org_path >= low, Account.org_path < high, Account.kind == "staff",
                Account.status != "closed",
            ),
        )  # fmt: skip

    async def move_nodes(self, *, old: str, new: str) -> None:
        """Let the branches at and below a path stand below another."""
        low, high = path_range(old)
        statement = self.update(OrgNode).where(OrgNode.path >= low, OrgNode.path < high)
        moved = func.concat(new, func.substr(OrgNode.path, len(old) + 1))
        await self.session.execute(
            statement.values(path=moved, version=OrgNode.version + 1),
            execution_options={"synchronize_session": False},
        )

    async def move_units(self, *, old: str, new: str) -> Sequence[UUID]:
        """Let the units at and below a path follow; return their ids."""
        low, high = path_range(old)
        statement = self.update(Unit).where(Unit.org_path >= low, Unit.org_path < high)
        moved = func.concat(new, func.substr(Unit.org_path, len(old) + 1))
        rows = await self.session.execute(
            statement.values(org_path=moved, version=Unit.version + 1).returning(Unit.id),
            execution_options={"synchronize_session": False},
        )
        return sorted(rows.scalars())

    async def move_staff(self, *, old: str, new: str) -> dict[UUID, int]:
        """Let the staff at and below a path follow; return the new session epoch of each account."""
        low, high = path_range(old)
        statement = self.update(Account).where(
            Account.org_path >= low, Account.org_path < high, Account.kind == "staff"
        )
        moved = func.concat(new, func.substr(Account.org_path, len(old) + 1))
        rows = await self.session.execute(
            statement.values(org_path=moved, version=Account.version + 1, epoch=Account.epoch + 1).returning(
                Account.id, Account.epoch
            ),
            execution_options={"synchronize_session": False},
        )
        return {row.id: row.epoch for row in rows}

    async def units_of(self, unit_ids: Sequence[UUID]) -> Sequence[Unit]:
        """Return units as they are now."""
        statement = self.select(Unit).where(Unit.id.in_(unit_ids)).order_by(Unit.id)
        return await self.all(statement.execution_options(populate_existing=True))
