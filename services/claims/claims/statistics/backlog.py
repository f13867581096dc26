"""SQL of the backlog: the claims in review are few and stand in an index of their own."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func

from common.auth import Actor
from common.clock import now
from common.db import TenantRepository

from ..intake.models import Claim
from ..intake.repository import ClaimRepository


class BacklogRepository(TenantRepository):
    """Claims in review, by node."""

    async def by_node(self, actor: Actor) -> Sequence[Any]:
        """Return number, amount and ages of the visible claims at each node."""
        moment = now()
        day, three, seven = (moment - timedelta(days=days) for days in (1, 3, 7))
        since = Claim.node_since
        statement = (
            ClaimRepository(self.session, self.tenant_id)
            .visible(actor)
            .where(Claim.status == "in_review")
            .with_only_columns(
                Claim.kind,
                Claim.node,
                func.count().label("claims"),
                func.sum(Claim.amount).label("amount"),
                func.min(since).label("oldest"),
                func.count().filter(since > day).label("day"),
                func.count().filter(since <= day, since > three).label("days3"),
                func.count().filter(since <= three, since > seven).label("days7"),
            )
            .group_by(Claim.kind, Claim.node)
            .order_by(Claim.kind, Claim.node)
        )
        rows: Sequence[Any] = (await self.session.execute(statement)).all()
        return rows
