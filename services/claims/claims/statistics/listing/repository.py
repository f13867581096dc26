"""SQL of the list: claims within the caller's scope with their payout and their person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func

from common.auth import Actor
from common.db import TenantRepository

from ...copies.models import PersonCopy, PolicyCopy
from ...intake.models import Claim
from ...intake.repository import ClaimRepository
from ...payouts.models import Payout
from ..repository import StatisticRepository


@dataclass(frozen=True, slots=True)
class ClaimFilter:
    """Which claims the list shows; names and mobiles as blind indexes."""

    names: tuple[str, ...] | None = None
    mobiles: tuple[str, ...] | None = None
    product_code: str | None = None
    kind: str | None = None
    status: str | None = None
    first: date | None = None
    last: date | None = None


class ListingRepository(TenantRepository):
    """The list of row C.07."""

    def _chosen(self, actor: Actor, chosen: ClaimFilter) -> Select[Any]:
        statement = ClaimRepository(self.session, self.tenant_id).visible(actor)
        statement = statement.where(Claim.status != "draft")
        for column, value in (
            (Claim.product_code, chosen.product_code),
            (Claim.kind, chosen.kind),
            (Claim.status, chosen.status),
        ):
            if value is not None:
                statement = statement.where(column == value)
        if chosen.first is not None:
            statement = statement.where(Claim.event_on >= chosen.first)
        if chosen.last is not None:
            statement = statement.where(Claim.event_on <= chosen.last)
        if chosen.names is not None or chosen.mobiles is not None:
            people = StatisticRepository(self.session, self.tenant_id).people(
                names=chosen.names, mobiles=chosen.mobiles
            )
            statement = statement.where(Claim.person_id.in_(people))
        return statement

    async def count(self, actor: Actor, chosen: ClaimFilter) -> int:
        """Return how many claims there are."""
        statement = self._chosen(actor, chosen).with_only_columns(func.count())
        return int((await self.session.execute(statement)).scalar_one())

    async def rows(
        self, actor: Actor, chosen: ClaimFilter, *, after: UUID | None, most: int
    ) -> Sequence[Any]:
        """Return claims with what the list shows, the newest first; `id` is the claim's."""
        payout = and_(Payout.tenant_id == Claim.tenant_id, Payout.claim_id == Claim.id)
        policy = and_(PolicyCopy.tenant_id == Claim.tenant_id, PolicyCopy.id == Claim.policy_id)
        person = and_(PersonCopy.tenant_id == Claim.tenant_id, PersonCopy.id == Claim.person_id)
        statement = (
            self._chosen(actor, chosen)
            .outerjoin(Payout, payout)
            .outerjoin(PolicyCopy, policy)
            .outerjoin(PersonCopy, person)
            .with_only_columns(
                Claim.id,
                Claim.number,
                Claim.product_code,
                Claim.kind,
                Claim.event_on,
                Claim.amount,
                Claim.submitted_at,
                Claim.decided_at,
                Claim.status,
                Claim.reason,
                Payout.paid_on,
                func.coalesce(PersonCopy.name, PolicyCopy.name).label("name"),
                func.coalesce(PersonCopy.mobile, PolicyCopy.mobile).label("mobile"),
            )
        )
        if after is not None:
            statement = statement.where(Claim.id < after)
        found: Sequence[Any] = (
            await self.session.execute(statement.order_by(Claim.id.desc()).limit(most))
        ).all()
        return found
