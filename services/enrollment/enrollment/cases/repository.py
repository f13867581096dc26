"""SQL of the claims that policies are used by."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func
from sqlalchemy.dialects.postgresql import insert

from common.clock import now
from common.db import TenantRepository, unscoped

from ..policies.models import Policy
from .models import AGREED, UNDECIDED, CaseCopy


class CaseRepository(TenantRepository):
    """Claims of one tenant's people, as last told."""

    async def keep(self, rows: Sequence[dict[str, Any]]) -> None:
        """Keep facts, one for each claim, that are not older than what is known; in the order of their ids."""
        if not rows:
            return
        own = {"tenant_id": self.tenant_id, "created_at": now()}
        new = insert(CaseCopy).values([own | row for row in sorted(rows, key=lambda row: row["id"])])
        statement = new.on_conflict_do_update(
            index_elements=["tenant_id", "id"],
            set_={name: new.excluded[name] for name in rows[0] if name != "id"},
            where=CaseCopy.version <= new.excluded.version,
        )
        await self.session.execute(unscoped(statement, why="the rows carry this tenant's id"))

    async def undecided(self, policies: Sequence[Policy]) -> dict[UUID, list[str]]:
        """Return the numbers of the claims that are undecided, by the policy whose term their cases lie in."""
        if not policies:
            return {}
        statement = self.select_columns(Policy, Policy.id, CaseCopy.number).join(CaseCopy, _used(Policy))
        statement = statement.where(
            Policy.id.in_([policy.id for policy in policies]), CaseCopy.status.in_(UNDECIDED)
        )
        found: dict[UUID, list[str]] = {}
        for policy_id, number in await self.session.execute(statement.order_by(CaseCopy.number)):
            found.setdefault(policy_id, []).append(number)
        return found


def agreed() -> ColumnElement[bool]:
    """Say of a policy whether a claim was agreed whose case lies in its term; its benefit is told a moment later."""
    return _used(Policy) & CaseCopy.status.in_(AGREED) & (CaseCopy.amount > 0)


def _used(policy: type[Policy]) -> ColumnElement[bool]:
    day = func.coalesce(CaseCopy.event_on, policy.starts_on)
    return (
        (CaseCopy.tenant_id == policy.tenant_id)
        & (CaseCopy.person_id == policy.person_id)
        & (CaseCopy.product_code == policy.product_code)
        & day.between(policy.starts_on, policy.ends_on)
    )
