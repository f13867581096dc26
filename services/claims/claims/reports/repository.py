"""SQL of subscriptions and of the reports that were made."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from common.clock import now
from common.db import TenantRepository, unscoped
from common.events.models import TenantPackCopy
from common.http import Cursor
from common.ids import new_id
from common.tasks import Task

from ..statistics.models import StatisticMonth
from .models import ReportFile, ReportRun, ReportSubscription


class ReportRepository(TenantRepository):
    """Subscriptions and reports of one tenant."""

    async def subscribe(self, report: str, account_id: UUID, scope: str) -> None:
        """Keep a subscription; one that is there follows the person's present scope."""
        row = {
            "tenant_id": self.tenant_id, "id": new_id(), "created_at": now(), "report": report,
            "account_id": account_id, "scope": scope,
        }  # fmt: skip
        statement = insert(ReportSubscription).values(row)
        await self.session.execute(
            statement.on_conflict_do_update(
                index_elements=["tenant_id", "account_id", "report"], set_={"scope": scope}
            )
        )

    async def unsubscribe(self, report: str, account_id: UUID) -> bool:
        """Remove a subscription; whether there was one."""
        mine = (ReportSubscription.report == report, ReportSubscription.account_id == account_id)
        removed = self.delete(ReportSubscription).where(*mine).returning(ReportSubscription.report)
        return (await self.session.execute(removed)).first() is not None

    async def follow_scope(self, account_id: UUID, scope: str) -> None:
        """Let a person's subscriptions follow them to another branch."""
        await self.session.execute(
            self.update(ReportSubscription)
            .where(ReportSubscription.account_id == account_id, ReportSubscription.scope != scope)
            .values(scope=scope)
        )

    async def subscribed(self, account_id: UUID) -> set[str]:
        """Return the reports that a person subscribes to."""
        statement = self.select_columns(ReportSubscription, ReportSubscription.report)
        rows = await self.session.execute(statement.where(ReportSubscription.account_id == account_id))
        return set(rows.scalars())

    async def first_day(self) -> date | None:
        """Return the first day of the union here: of its first pack, or of the first thing counted before that."""
        packs = select(func.min(TenantPackCopy.pack["effective_from"].as_string())).where(
            TenantPackCopy.tenant_id == self.tenant_id
        )
        begun = (await self.session.execute(unscoped(packs, why="the tenant stands in it"))).scalar_one()
        counted = self.select_columns(StatisticMonth, func.min(StatisticMonth.month))
        month: date | None = (await self.session.execute(counted)).scalar_one()
        days = [date.fromisoformat(begun[:10])] if begun else []
        return min([*days, *([month] if month else [])], default=None)

    async def scopes(self) -> Sequence[Any]:
        """Return every report and scope that somebody subscribes to, and since when."""
        statement = self.select_columns(
            ReportSubscription,
            ReportSubscription.report,
            ReportSubscription.scope,
            func.min(ReportSubscription.created_at).label("since"),
        ).group_by(ReportSubscription.report, ReportSubscription.scope)
        rows: Sequence[Any] = (await self.session.execute(statement)).all()
        return rows

    async def subscribers(self, report: str, scope: str) -> list[UUID]:
        """Return the accounts that are told of a report of a scope."""
        statement = self.select_columns(ReportSubscription, ReportSubscription.account_id)
        mine = (ReportSubscription.report == report, ReportSubscription.scope == scope)
        return list((await self.session.execute(statement.where(*mine).order_by("account_id"))).scalars())

    async def take(self, values: dict[str, Any]) -> UUID | None:
        """Take a report's period for oneself; None if it was taken before."""
        row = {"tenant_id": self.tenant_id, "id": new_id(), "created_at": now(), **values}
        statement = insert(ReportRun).values(row).on_conflict_do_nothing().returning(ReportRun.id)
        return (await self.session.execute(statement)).scalar_one_or_none()

    async def made(self, report: str, scope: str, first: date) -> ReportRun | None:
        """Return a report of a period and scope, locked; None if nobody has asked for it."""
        mine = (ReportRun.report == report, ReportRun.scope == scope, ReportRun.first_day == first)
        return await self.first(self.select(ReportRun).where(*mine).with_for_update())

    async def page(self, scope: str, cursor: Cursor, report: str | None) -> Sequence[ReportRun]:
        """Return a scope's reports, newest first; one more than the page has."""
        statement = self.select(ReportRun).where(ReportRun.scope == scope)
        if report is not None:
            statement = statement.where(ReportRun.report == report)
        return await self.all(cursor.apply(statement, ReportRun))

    async def states(self, tasks: Sequence[UUID]) -> dict[UUID, str]:
        """Return the states of tasks."""
        statement = self.select_columns(Task, Task.id, Task.state).where(Task.id.in_(tasks))
        return {row.id: row.state for row in await self.session.execute(statement)}

    async def files(self, runs: Sequence[UUID]) -> Sequence[ReportFile]:
        """Return the files of reports."""
        return await self.all(self.select(ReportFile).where(ReportFile.run_id.in_(runs)))

    async def expired(self, day: date, most: int) -> Sequence[ReportRun]:
        """Return reports that are no longer kept."""
        statement = self.select(ReportRun).where(ReportRun.expires_on < day)
        return await self.all(statement.order_by(ReportRun.id).limit(most))

    async def forget(self, run_id: UUID) -> None:
        """Delete a report's rows."""
        await self.session.execute(self.delete(ReportFile).where(ReportFile.run_id == run_id))
        await self.session.execute(self.delete(ReportRun).where(ReportRun.id == run_id))
