"""SQL of participations."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from common.clock import now
from common.db import TenantRepository, unscoped
from common.http import Cursor
from common.ids import new_id

from .models import Participation

WHY = "the row carries this tenant's id; the conflict target begins with it"


class ParticipationRepository(TenantRepository):
    """Participations of one tenant."""

    async def put(self, *, campaign_id: UUID, person_id: UUID, unit_id: UUID | None, state: str) -> bool:
        """Say how far a person is in a campaign; True if they did not take part before."""
        statement = (
            insert(Participation)
            .values(
                tenant_id=self.tenant_id,
                id=new_id(),
                created_at=now(),
                changed_at=now(),
                campaign_id=campaign_id,
                person_id=person_id,
                unit_id=unit_id,
                state=state,
            )
            .on_conflict_do_nothing()
            .returning(Participation.id)
        )
        added = (await self.session.execute(unscoped(statement, why=WHY))).scalar_one_or_none()
        if added is not None:
            return True
        changed = (
            self.update(Participation)
            .where(
                Participation.campaign_id == campaign_id,
                Participation.person_id == person_id,
                Participation.state != state,
            )
            .values(state=state, changed_at=now())
            .execution_options(synchronize_session=False)
        )
        await self.session.execute(changed)
        return False

    async def page_of(
        self, person_id: UUID, cursor: Cursor, *, state: str | None = None
    ) -> Sequence[Participation]:
        """Return a person's participations, newest first."""
        statement = self.select(Participation).where(Participation.person_id == person_id)
        if state:
            statement = statement.where(Participation.state == state)
        return await self.all(cursor.apply(statement, Participation))
