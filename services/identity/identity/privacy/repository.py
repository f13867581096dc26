"""SQL of personal data: requests, everything that identity holds of a person, and its removal."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, text
from sqlalchemy.dialects.postgresql import insert

from common.auth import Actor
from common.clock import now, today
from common.db import unscoped
from common.http import Cursor
from common.ids import new_id
from common.tasks import Task
from common.tasks.rules import CANCELLED, FAILED

from ..accounts.models import Account, Consent, SignInSession
from ..members.admission.models import AdmissionPaper
from ..members.admission.repository import AdmissionRepository
from ..members.covers.models import MemberPolicy
from ..members.models import EDITABLE, Person
from ..members.repository import is_erased, visible_to
from .models import DataRequest, DataRequestPart

OWNED = (
    "filed_document", "recognition_copy", "frequent_applicant", "bank_card", "address", "work_number", "binding",
    "admission_paper", "synced_name", "given_reason",
)  # fmt: skip
"""Tables whose rows are a person's own and go as a whole."""


class PrivacyRepository(AdmissionRepository):
    """What one tenant's identity holds of its persons."""

    async def requests_of(self, person_id: UUID) -> Sequence[DataRequest]:
        """Return a person's requests, newest first."""
        statement = self.select(DataRequest).where(DataRequest.person_id == person_id)
        return await self.all(statement.order_by(DataRequest.id.desc()))

    async def data_requests(
        self, actor: Actor, cursor: Cursor, *, state: str | None
    ) -> Sequence[DataRequest]:
        """Return the requests about persons the caller may see, newest first."""
        people = self.select_columns(Person, Person.id).where(visible_to(actor)).scalar_subquery()
        statement = self.select(DataRequest).where(DataRequest.person_id.in_(people))
        if state is not None:
            statement = statement.where(self._in_state(state))
        return await self.all(cursor.apply(statement, DataRequest))

    def _in_state(self, state: str) -> ColumnElement[bool]:
        """A running export whose task was given up has failed; it does not count as running any more."""
        given_up = self.select_columns(Task, Task.id).where(
            Task.id == DataRequest.task_id, Task.state.in_((FAILED, CANCELLED))
        )
        if state == "failed":
            return (DataRequest.state == "running") & given_up.exists()
        if state == "running":
            return (DataRequest.state == state) & ~given_up.exists()
        return DataRequest.state == state

    async def erased(self) -> set[UUID]:
        """Return everybody whose erasure was begun or is done."""
        done = (DataRequest.kind == "erasure") & DataRequest.state.in_(("running", "done"))
        return set(
            (
                await self.session.execute(
                    self.select_columns(DataRequest, DataRequest.person_id).where(done)
                )
            ).scalars()
        )

    async def keep_piece(self, request_id: UUID, *, service: str, number: int, content: str) -> None:
        """Store a piece of an export; again it changes nothing."""
        row = insert(DataRequestPart).values(
            tenant_id=self.tenant_id, id=new_id(), created_at=now(), request_id=request_id, service=service,
            number=number, content=content,
        )  # fmt: skip
        await self.session.execute(row.on_conflict_do_nothing())

    async def pieces(self, request_id: UUID, service: str) -> list[str]:
        """Return the pieces of a service's part that are there, in their order."""
        statement = self.select_columns(DataRequestPart, DataRequestPart.content).where(
            DataRequestPart.request_id == request_id, DataRequestPart.service == service
        )
        rows = await self.session.execute(statement.order_by(DataRequestPart.number))
        return list(rows.scalars())

    async def forget_parts(self, *, ended_before: datetime, given_up_before: datetime) -> None:
        """Destroy keys and parts of exports that ended, or that nobody has finished long after their time."""
        over = or_(DataRequest.finished_at < ended_before, DataRequest.export_until < given_up_before)
        ended = self.select_columns(DataRequest, DataRequest.id).where(
            DataRequest.export_key.is_not(None), over
        )
        ids = list((await self.session.execute(ended)).scalars())
        if ids:
            await self.session.execute(
                self.delete(DataRequestPart).where(DataRequestPart.request_id.in_(ids))
            )
            await self.session.execute(
                self.update(DataRequest).where(DataRequest.id.in_(ids)).values(export_key=None)
            )

    async def accounts_of(self, person_id: UUID) -> Sequence[Account]:
        """Return all accounts a person has had."""
        return await self.all(self.select(Account).where(Account.person_id == person_id).order_by(Account.id))

    async def sessions_of(self, account_ids: Sequence[UUID]) -> Sequence[SignInSession]:
        """Return the sessions of accounts that are kept."""
        return await self.all(self.select(SignInSession).where(SignInSession.account_id.in_(account_ids)))

    async def consents_of(self, person_id: UUID) -> Sequence[Consent]:
        """Return what a person consented to."""
        return await self.all(self.select(Consent).where(Consent.person_id == person_id).order_by(Consent.id))

    async def owned_rows(self, table: str, person_id: UUID) -> list[dict[str, Any]]:
        """Return a person's own rows of a table as they are stored."""
        if table not in OWNED:
            raise ValueError(table)
        statement = unscoped(
            text(f"SELECT * FROM {table} WHERE tenant_id = :tenant AND person_id = :person ORDER BY id"),
            why="the tables are named in OWNED; the tenant is a parameter",
        )
        rows = await self.session.execute(statement, {"tenant": self.tenant_id, "person": person_id})
        return [dict(row._mapping) for row in rows]

    async def papers_about(self, person_id: UUID) -> tuple[UUID, ...]:
        """Return the documents of the papers that units handed in about a person alone, replaced ones too."""
        papers = self.select_columns(AdmissionPaper, AdmissionPaper.document_id)
        documents = papers.where(AdmissionPaper.person_id == person_id)
        shared = papers.where(
            AdmissionPaper.document_id.in_(documents), AdmissionPaper.person_id != person_id
        )
        found = await self.session.execute(documents.where(AdmissionPaper.document_id.not_in(shared)))
        return tuple(sorted(set(found.scalars())))

    async def remove_owned(self, person_id: UUID) -> int:
        """Delete what is a person's own; return how many rows."""
        removed = 0
        for table in OWNED:
            statement = unscoped(
                text(f"DELETE FROM {table} WHERE tenant_id = :tenant AND person_id = :person"),
                why="the tables are named in OWNED; the tenant is a parameter",
            )
            result = await self.session.execute(statement, {"tenant": self.tenant_id, "person": person_id})
            removed += int(getattr(result, "rowcount", 0))
        return removed

    async def remove_links(self, account_ids: Sequence[UUID]) -> int:
        """Delete the links of accounts to other systems."""
        statement = unscoped(
            text("DELETE FROM account_link WHERE tenant_id = :tenant AND account_id = ANY (:ids)"),
            why="the tenant is a parameter",
        )
        result = await self.session.execute(statement, {"tenant": self.tenant_id, "ids": list(account_ids)})
        return int(getattr(result, "rowcount", 0))

    async def stale(self, *, before: datetime, limit: int) -> Sequence[UUID]:
        """Return persons who were never reported and whom nobody has touched since."""
        statement = self.select_columns(Person, Person.id).where(
            Person.state.in_(EDITABLE), Person.account_id.is_(None), Person.created_at < before,
            Person.unit_id.is_not(None),
        )  # fmt: skip
        return list((await self.session.execute(statement.order_by(Person.id).limit(limit))).scalars())

    async def left_before(self, day: date, *, after: UUID | None, limit: int) -> Sequence[Person]:
        """Return persons behind one, by id, who left before a day, are not erased and not covered any more."""
        covered = self.select_columns(MemberPolicy, MemberPolicy.person_id).where(
            func.coalesce(MemberPolicy.ended_on, MemberPolicy.ends_on) >= today()
        )
        statement = self.select(Person).where(
            Person.state == "left", Person.effective_on < day, ~is_erased(),
            Person.id.not_in(covered.scalar_subquery()),
        )  # fmt: skip
        if after is not None:
            statement = statement.where(Person.id > after)
        return await self.all(statement.order_by(Person.id).limit(limit))
