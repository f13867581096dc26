"""SQL of samples."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, func
from sqlalchemy.dialects.postgresql import insert

from common.auth import Actor
from common.clock import now
from common.db import TenantRepository
from common.db.scope import seen_by
from common.http import Cursor
from common.ids import new_id

from ..intake.models import Claim
from .models import Sample, SampleSeed

_seeds: dict[tuple[UUID, str], str] = {}
"""Seeds that were there before: a seed never changes."""


class SampleRepository(TenantRepository):
    """Samples of one tenant."""

    def _visible(self, actor: Actor) -> Select[Sample]:
        return self.select(Sample).where(seen_by(actor, path=Sample.org_path))

    async def seed(self, period: str) -> str:
        """Return the seed of a period; whoever asks first makes it."""
        if (kept := _seeds.get((self.tenant_id, period))) is not None:
            return kept
        known = self.select_columns(SampleSeed, SampleSeed.seed).where(SampleSeed.period == period)
        found = (await self.session.execute(known)).scalar_one_or_none()
        if found is not None:
            return _seeds.setdefault((self.tenant_id, period), str(found))
        row = {"id": new_id(), "created_at": now(), "period": period, "seed": secrets.token_hex(16)}
        values = insert(SampleSeed).values(tenant_id=self.tenant_id, **row)
        await self.session.execute(values.on_conflict_do_nothing())
        return str((await self.session.execute(known)).scalar_one())

    async def earlier_claims(self, persons: Iterable[UUID], since: datetime) -> dict[UUID, int]:
        """Return how many claims of these persons were decided in their favour since then."""
        statement = self.select_columns(Claim, Claim.person_id, func.count().label("number")).where(
            Claim.person_id.in_(list(persons)),
            Claim.decided_at >= since,
            Claim.status.in_(["approved", "paid", "payment_failed"]),
        )
        rows = await self.session.execute(statement.group_by(Claim.person_id))
        return {row.person_id: row.number for row in rows}

    async def find_within(self, actor: Actor, sample_id: UUID) -> Sample | None:
        """Lock and return a sample of the caller's branch, or None."""
        statement = self._visible(actor).where(Sample.id == sample_id)
        held = statement.with_for_update().execution_options(populate_existing=True)
        return (await self.session.execute(held)).scalar_one_or_none()

    async def page(
        self, actor: Actor, cursor: Cursor, *, status: str | None, cause: str | None
    ) -> Sequence[Sample]:
        """Return samples of the caller's branch, the newest first."""
        statement = self._visible(actor)
        if status is not None:
            statement = statement.where(Sample.status == status)
        if cause is not None:
            statement = statement.where(Sample.cause == cause)
        return await self.all(cursor.apply(statement, Sample))

    async def sums(self, actor: Actor) -> list[Any]:
        """Return by cause how many samples are open, confirmed and wrong, and the amount of the wrong ones."""
        of_claim = (Claim.tenant_id == Sample.tenant_id) & (Claim.id == Sample.claim_id)
        sums = (
            func.count().filter(Sample.status == "open").label("open"),
            func.count().filter(Sample.status == "confirmed").label("confirmed"),
            func.count().filter(Sample.status == "wrong").label("wrong"),
            func.coalesce(func.sum(case((Sample.status == "wrong", Claim.amount))), 0).label("amount"),
        )
        statement = self.select_columns(Sample, Sample.cause, *sums).join(Claim, of_claim)
        statement = statement.where(seen_by(actor, path=Sample.org_path))
        return list((await self.session.execute(statement.group_by(Sample.cause))).all())
