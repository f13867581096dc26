"""SQL of the interchange: visible covers and claims by search parameters, the newest first."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, case, cast, func

from common.auth import Actor
from common.clock import BUSINESS_ZONE
from common.crypto import TenantKeys
from common.db import TenantRepository
from common.db.scope import seen_by

from ..copies.models import PersonCopy, PolicyCopy, UnitCopy
from ..intake.models import Claim
from ..intake.repository import ClaimRepository
from ..payouts.models import Payout
from .rules import DECIDED
from .searching import Search

HANDED_IN = Claim.submitted_at.is_not(None)


class FhirRepository(TenantRepository):
    """Covers and claims of one tenant."""

    async def covers(self, actor: Actor, search: Search) -> Sequence[Any]:
        """Return policies with their units' names; one more than the page has."""
        last = func.coalesce(PolicyCopy.ended_on, PolicyCopy.ends_on)
        ended = last < PolicyCopy.ends_on
        statement = (
            self.select_columns(PolicyCopy, PolicyCopy, UnitCopy.name.label("unit_name"))
            .outerjoin(
                UnitCopy, (UnitCopy.tenant_id == PolicyCopy.tenant_id) & (UnitCopy.id == PolicyCopy.unit_id)
            )
            .where(seen_by(actor, unit=PolicyCopy.unit_id, units=UnitCopy, person=PolicyCopy.person_id))
        )
        if search.ids:
            statement = statement.where(PolicyCopy.id.in_(search.ids))
        if search.number is not None:
            statement = statement.where(PolicyCopy.number == search.number)
        if search.person_id is not None:
            statement = statement.where(PolicyCopy.person_id == search.person_id)
        if search.states:
            statement = statement.where(case((ended, "cancelled"), else_="active").in_(search.states))
        return await self._page(statement, PolicyCopy.id, search)

    async def person_with(self, number: str, keys: TenantKeys) -> UUID | None:
        """Return the id of the person with an identity number, of the register or else of a policy."""
        indexes = keys.blinds("document", number)
        register = self.select_columns(PersonCopy, PersonCopy.id).where(
            PersonCopy.document_index.in_(indexes)
        )
        policies = self.select_columns(PolicyCopy, PolicyCopy.person_id).where(
            PolicyCopy.document_index.in_(indexes)
        )
        for statement in (register.limit(1), policies.limit(1)):
            found: UUID | None = (await self.session.execute(statement)).scalar_one_or_none()
            if found is not None:
                return found
        return None

    async def claims(self, actor: Actor, search: Search, *, answered: bool) -> Sequence[Any]:
        """Return applications with their payouts; `answered`: only those that were handed in."""
        statement = (
            ClaimRepository(self.session, self.tenant_id)
            .visible(actor)
            .outerjoin(Payout, (Payout.tenant_id == Claim.tenant_id) & (Payout.claim_id == Claim.id))
            .with_only_columns(Claim, Payout.number.label("payout_number"), Payout.paid_on)
        )
        if answered:
            statement = statement.where(HANDED_IN)
        if search.ids:
            statement = statement.where(Claim.id.in_(search.ids))
        if search.number is not None:
            statement = statement.where(Claim.number == search.number)
        if search.person_id is not None:
            statement = statement.where(Claim.person_id == search.person_id)
        if search.states:
            state = case(
                (Claim.status == "draft", "draft"), (Claim.status == "withdrawn", "cancelled"), else_="active"
            )
            statement = statement.where(state.in_(search.states))
        if search.outcomes:
            decided = case((Claim.status.in_(sorted(DECIDED)), "complete"), else_="queued")
            statement = statement.where(decided.in_(search.outcomes))
        narrowed: Select[Any] = _created(statement, search, answered=answered)
        return await self._page(narrowed, Claim.id, search)

    async def names(self, people: Sequence[Any]) -> dict[Any, str]:
        """Return the sealed names of people, from the register or else from their policies."""
        policies = self.select_columns(PolicyCopy, PolicyCopy.person_id, PolicyCopy.name)
        found = {
            row[0]: row[1]
            for row in await self.session.execute(policies.where(PolicyCopy.person_id.in_(people)))
        }
        register = self.select_columns(PersonCopy, PersonCopy.id, PersonCopy.name)
        rows = await self.session.execute(register.where(PersonCopy.id.in_(people)))
        return found | {row[0]: row[1] for row in rows}

    async def _page(self, statement: Select[Any], key: Any, search: Search) -> Sequence[Any]:
        if search.page.after is not None:
            statement = statement.where(key < search.page.after)
        found = await self.session.execute(statement.order_by(key.desc()).limit(search.page.limit + 1))
        rows: Sequence[Any] = found.all()
        return rows


def _created(statement: Any, search: Search, *, answered: bool) -> Any:
    """Narrow to the days on which the resource came to be: the claim's hand-in, the answer's decision."""
    instants = (Claim.decided_at, Claim.submitted_at) if answered else (Claim.submitted_at,)
    day = cast(func.timezone(str(BUSINESS_ZONE), func.coalesce(*instants, Claim.created_at)), Date)
    for prefix, bound in search.created:
        compared = {
            "eq": day == bound, "ge": day >= bound, "le": day <= bound, "gt": day > bound, "lt": day < bound,
        }[prefix]  # fmt: skip
        statement = statement.where(compared)
    return statement
