"""SQL of decisions: the lock of a person's caps, and what earlier claims used."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import text

from common.db import TenantRepository, unscoped

from ..intake.models import Claim
from .models import BenefitUse

UNDECIDED = ("in_review", "returned")
"""Handed in, so that they hold what they would use of a cap, and refused or taken back perhaps."""
LOCK = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('claims.person:' || :tenant || ':' || person, 0)) "
    "FROM unnest(CAST(:persons AS text[])) AS person"
)
TRY = text(
    "SELECT pg_try_advisory_xact_lock("
    "hashtextextended('claims.person:' || CAST(:tenant AS text) || ':' || CAST(:person AS text), 0))"
)


class DecisionRepository(TenantRepository):
    """Usage of benefits."""

    async def hold_persons(self, person_ids: Iterable[UUID]) -> None:
        """Let no other transaction decide about these persons until this one ends; always in the same order."""
        statement = unscoped(LOCK, why="advisory locks read no row; their names hold the tenant")
        persons = sorted({str(person_id) for person_id in person_ids})
        await self.session.execute(statement, {"tenant": str(self.tenant_id), "persons": persons})

    async def hold_if_free(self, person_id: UUID) -> bool:
        """Hold a person without waiting; False if somebody else does."""
        statement = unscoped(TRY, why="advisory locks read no row; their names hold the tenant")
        values = {"tenant": str(self.tenant_id), "person": str(person_id)}
        return bool((await self.session.execute(statement, values)).scalar_one())

    async def uses(self, person_ids: Iterable[UUID]) -> Sequence[BenefitUse]:
        """Return what the live claims of these persons use."""
        return await self.all(self.select(BenefitUse).where(BenefitUse.person_id.in_(list(person_ids))))

    async def undecided(self, person_ids: Iterable[UUID]) -> set[UUID]:
        """Return those of these persons' claims that hold a cap and are not decided yet."""
        mine = (Claim.person_id.in_(list(person_ids)), Claim.status.in_(UNDECIDED))
        return set((await self.session.execute(self.select_columns(Claim, Claim.id).where(*mine))).scalars())

    async def forget(self, claim_id: UUID) -> None:
        """A claim no longer counts against any cap."""
        await self.session.execute(self.delete(BenefitUse).where(BenefitUse.claim_id == claim_id))
