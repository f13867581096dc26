"""SQL of quizzes and attempts."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert

from common.clock import now
from common.db import TenantRepository, unscoped
from common.ids import new_id

from .models import Attempt, Question, Quiz


class Progress(NamedTuple):
    """A person's attempts at a quiz."""

    used: int = 0
    running: bool = False
    passed: bool = False


class QuizRepository(TenantRepository):
    """Quizzes of one tenant."""

    async def quiz_of(self, campaign_id: UUID) -> Quiz | None:
        """Return a campaign's quiz."""
        return await self.first(self.select(Quiz).where(Quiz.campaign_id == campaign_id))

    async def quizzes_of(self, campaigns: Sequence[UUID]) -> dict[UUID, Quiz]:
        """Return the quizzes of campaigns that have one."""
        rows = await self.all(self.select(Quiz).where(Quiz.campaign_id.in_(campaigns)))
        return {row.campaign_id: row for row in rows}

    async def questions_of(self, campaign_id: UUID) -> Sequence[Question]:
        """Return the questions of a campaign in their order."""
        statement = self.select(Question).where(Question.campaign_id == campaign_id)
        return await self.all(statement.order_by(Question.position))

    async def questions(self, ids: Iterable[UUID]) -> dict[UUID, Question]:
        """Return questions by id."""
        rows = await self.all(self.select(Question).where(Question.id.in_(list(ids))))
        return {row.id: row for row in rows}

    async def clear(self, campaign_id: UUID) -> None:
        """Remove a campaign's quiz and questions."""
        await self.session.execute(self.delete(Question).where(Question.campaign_id == campaign_id))
        await self.session.execute(self.delete(Quiz).where(Quiz.campaign_id == campaign_id))

    async def progress(self, person_id: UUID | None, campaigns: Sequence[UUID]) -> dict[UUID, Progress]:
        """Return how far a person is in campaigns."""
        statement = (
            self.select_columns(
                Attempt,
                Attempt.campaign_id,
                func.count(),
                func.bool_or(Attempt.state == "running"),
                func.bool_or(Attempt.state == "passed"),
            )
            .where(Attempt.person_id == person_id, Attempt.campaign_id.in_(campaigns))
            .group_by(Attempt.campaign_id)
        )
        return {row[0]: Progress(row[1], row[2], row[3]) for row in await self.session.execute(statement)}

    async def asks(self, campaign_id: UUID, person_id: UUID) -> bool | None:
        """Return whether a person has passed the campaign's quiz; None if it has none."""
        passed = (
            self.select_columns(Attempt, Attempt.id)
            .where(
                Attempt.campaign_id == campaign_id,
                Attempt.person_id == person_id,
                Attempt.state == "passed",
            )
            .exists()
        )
        statement = self.select_columns(Quiz, passed).where(Quiz.campaign_id == campaign_id)
        found: bool | None = (await self.session.execute(statement)).scalar_one_or_none()
        return found

    async def begin(self, **values: Any) -> None:
        """Add an attempt unless the person has one that runs, or another request has just begun this one."""
        statement = insert(Attempt).values(
            tenant_id=self.tenant_id, id=new_id(), created_at=now(), version=1, answers=[],
            state="running", **values,
        )  # fmt: skip
        await self.session.execute(
            unscoped(statement.on_conflict_do_nothing(), why="the row carries this tenant's id")
        )

    async def running(self, campaign_id: UUID, person_id: UUID) -> Attempt | None:
        """Return a person's attempt that runs, locked."""
        statement = self.select(Attempt).where(
            Attempt.campaign_id == campaign_id, Attempt.person_id == person_id, Attempt.state == "running"
        )
        return await self.first(statement.with_for_update().execution_options(populate_existing=True))

    async def of_person(self, attempt_id: UUID, person_id: UUID, *, lock: bool = False) -> Attempt | None:
        """Return an attempt if it is the person's."""
        statement = self.select(Attempt).where(Attempt.id == attempt_id, Attempt.person_id == person_id)
        if lock:
            statement = statement.with_for_update().execution_options(populate_existing=True)
        return await self.first(statement)
