"""SQL of admission: searches over all that is found, reports set by set."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import String, case, cast, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert
from sqlalchemy.sql.elements import ColumnElement

from common.auth import Actor, Eyes
from common.clock import now
from common.db import IDS, among

from ..models import EDITABLE, FACTS, Person, PersonRecord
from ..repository import MemberRepository, fitting, visible_to
from ..rules import Criteria
from .models import AdmissionPaper, AdmissionReport, MemberSearch


class Found(NamedTuple):
    """All that a search finds, as numbers and one digest of ids and versions."""

    total: int
    digest: str
    editable: int
    reported: int
    without_consent: int
    bound: int
    ids: Sequence[UUID] = ()
    """Whom it finds, where they were locked: acting on these is acting on nobody else."""


class AdmissionRepository(MemberRepository):
    """Persons on their way into one tenant's register."""

    async def look(self, actor: Actor, criteria: Criteria, *, lock: bool = False) -> Found:
        """Return what a search finds in one statement; `lock` keeps it so until the transaction ends."""
        columns: tuple[Any, ...] = (
            Person.id,
            Person.version,
            Person.state,
            Person.over_age,
            Person.account_id,
        )
        inner = self.select_columns(Person, *columns).where(visible_to(actor), *fitting(criteria))
        if lock:
            inner = inner.order_by(Person.id).with_for_update(of=Person)
        rows = inner.subquery()
        mark = cast(rows.c.id, String) + literal(":") + cast(rows.c.version, String)
        marks = aggregate_order_by(literal(","), rows.c.id)

        def count(condition: ColumnElement[bool]) -> ColumnElement[int]:
            return func.count(case((condition, 1)))

        numbers = (
            func.count(),
            func.md5(func.coalesce(func.string_agg(mark, marks), "")),
            count(rows.c.state.in_(sorted(EDITABLE))),
            count(rows.c.state == "reported"),
            count(rows.c.over_age.in_(("requested", "refused"))),
            count(rows.c.account_id.is_not(None)),
        )
        ids = (
            (func.coalesce(func.array_agg(aggregate_order_by(rows.c.id, rows.c.id)), cast([], IDS)),)
            if lock
            else ()
        )
        statement = select(*numbers, *ids)  # `rows` is this tenant's: see self.select_columns above
        found = (await self.session.execute(statement)).one()
        return Found(*found)

    async def editable(self, actor: Actor, ids: Sequence[UUID]) -> Sequence[Person]:
        """Return those of these persons whom the caller may see and who are still new or returned."""
        statement = self.select(Person).where(
            visible_to(actor), among(Person.id, ids), Person.state.in_(sorted(EDITABLE))
        )
        return await self.all(statement.order_by(Person.id))

    async def search(self, search_id: UUID, actor: Actor, *, since: datetime) -> MemberSearch | None:
        """Return a search of the caller's own that is not too old."""
        statement = self.select(MemberSearch).where(
            MemberSearch.id == search_id, MemberSearch.actor_id == actor.id, MemberSearch.created_at >= since
        )
        return await self.first(statement)

    async def forget_searches(self, *, before: datetime) -> None:
        """Delete searches that nobody can name any more."""
        await self.session.execute(self.delete(MemberSearch).where(MemberSearch.created_at < before))

    async def report(self, by: Eyes, ids: Sequence[UUID], *, report_id: UUID, node: str | None) -> int:
        """Report these persons, with the history, in two statements; return how many."""
        changed = (
            self.update(Person)
            .where(among(Person.id, ids))
            .values(
                state="reported", report_id=report_id, reported_by=by.account_id, reported_human=by.human,
                reported_at=now(), node=node, returned_reason=None, version=Person.version + 1,
            )
        )  # fmt: skip
        result = await self.session.execute(changed, execution_options={"synchronize_session": False})
        await self._remember_all(Person.report_id == report_id, reason="reported", by=by.account_id)
        return int(getattr(result, "rowcount", 0))

    async def _remember_all(self, which: ColumnElement[bool], *, reason: str, by: UUID | None) -> None:
        """Add the facts of many persons as they are now to the history."""
        facts = [getattr(Person, name) for name in FACTS]
        source = self.select_columns(
            Person, Person.tenant_id, func.uuidv7(), literal(now()), Person.id, Person.version,
            literal(reason), literal(by), *facts,
        ).where(which)  # fmt: skip
        names = ["tenant_id", "id", "created_at", "person_id", "number", "reason", "changed_by", *FACTS]
        await self.session.execute(insert(PersonRecord).from_select(names, source))

    async def open_reports(self) -> Sequence[AdmissionReport]:
        """Return the reports that the system has not confirmed to the end."""
        statement = self.select(AdmissionReport).where(AdmissionReport.finished_at.is_(None))
        return await self.all(statement.order_by(AdmissionReport.id))

    async def lock_report(self, report_id: UUID) -> AdmissionReport | None:
        """Lock and return an open report; None if it is done or another worker has it."""
        statement = self.select(AdmissionReport).where(
            AdmissionReport.id == report_id, AdmissionReport.finished_at.is_(None)
        )
        return await self.first(statement.with_for_update(skip_locked=True))

    async def reported(self, report_id: UUID, *, limit: int) -> Sequence[Person]:
        """Lock and return persons of a report that wait for no person."""
        statement = self.select(Person).where(
            Person.report_id == report_id, Person.state == "reported", Person.node.is_(None)
        )
        statement = statement.order_by(Person.id).limit(limit).with_for_update()
        return await self.all(statement.execution_options(populate_existing=True))

    async def remove_people(self, which: ColumnElement[bool]) -> int:
        """Delete persons who were never confirmed, with their history."""
        chosen = self.select_columns(Person, Person.id).where(which).scalar_subquery()
        await self.session.execute(self.delete(PersonRecord).where(PersonRecord.person_id.in_(chosen)))
        result = await self.session.execute(
            self.delete(Person).where(which), execution_options={"synchronize_session": False}
        )
        return int(getattr(result, "rowcount", 0))

    async def papers(self, person_id: UUID) -> Sequence[AdmissionPaper]:
        """Return the papers of a person as they are now."""
        statement = self.select(AdmissionPaper).where(
            AdmissionPaper.person_id == person_id, AdmissionPaper.replaced_at.is_(None)
        )
        return await self.all(statement.order_by(AdmissionPaper.id))

    async def replace_papers(self, person_id: UUID, papers: Sequence[AdmissionPaper]) -> None:
        """Put new papers in the place of those there are."""
        statement = self.update(AdmissionPaper).where(
            AdmissionPaper.person_id == person_id, AdmissionPaper.replaced_at.is_(None)
        )
        await self.session.execute(statement.values(replaced_at=now()))
        self.add_all(papers)
