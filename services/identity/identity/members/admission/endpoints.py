"""Admission: one by one; search, report, confirm, return, delete all."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from common.auth import Actor
from common.http import ContextDep, CursorDep, IfMatchDep, KeysDep, OnceDep, SessionDep, requires
from common.http.edits import set_etag

from ...auth import MEMBER_READ, MEMBER_WRITE
from ..schemas import MemberRead
from . import reporting, service
from .entered import read_entered
from .schemas import (
    AdmissionCreate,
    AdmissionPage,
    AdmissionPut,
    AdmissionsChosen,
    AdmissionSearch,
    AdmissionsEntered,
    CountRead,
    OverAgeDecision,
    PaperRead,
    ReportRead,
    SearchDeleted,
    SearchNamed,
    SearchReturned,
)

router = APIRouter(prefix="/admissions", tags=["admission"])
Reader = Annotated[Actor, requires(MEMBER_READ)]
Writer = Annotated[Actor, requires(MEMBER_WRITE)]


@router.post("", status_code=201)
async def admit(
    session: SessionDep, actor: Writer, body: AdmissionCreate, context: ContextDep, once: OnceDep
) -> MemberRead:
    """Enter one person as new. "Save and create the next" and "save and leave" are this same call."""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=MemberRead,
        work=lambda: service.admit(session, actor=actor, context=context, asked=body),
    )


@router.post("/search")
async def search_admissions(
    session: SessionDep, actor: Reader, body: AdmissionSearch, context: ContextDep, cursor: CursorDep
) -> AdmissionPage:
    """Look for persons by state and other values; the first page names the search for the routes below."""
    return await reporting.search(session, actor=actor, context=context, asked=body, cursor=cursor)


@router.post("/entered")
async def show_entered(
    session: SessionDep, actor: Writer, body: AdmissionsChosen, keys: KeysDep
) -> AdmissionsEntered:
    """Show whom the caller entered as they were entered, while new or returned; each look is in the audit log."""
    return await read_entered(session, actor=actor, keys=keys, ids=body.ids)


@router.post("/report")
async def report_admissions(
    session: SessionDep, actor: Writer, body: SearchNamed, once: OnceDep
) -> ReportRead:
    """Report exactly what a search showed; refused if it finds something else now."""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=ReportRead,
        work=lambda: reporting.report(session, actor=actor, search_id=body.search_id),
    )


@router.get("/reports/{report_id}")
async def read_report(session: SessionDep, actor: Writer, report_id: UUID) -> ReportRead:
    """Return how far a report is."""
    return await reporting.read_report(session, actor=actor, report_id=report_id)


@router.post("/confirm")
async def confirm_admissions(
    session: SessionDep, actor: Writer, body: SearchNamed, once: OnceDep
) -> CountRead:
    """Confirm exactly what a search showed, at the caller's node of the chain."""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=CountRead,
        work=lambda: reporting.confirm(session, actor=actor, search_id=body.search_id),
    )


@router.post("/return")
async def return_admissions(
    session: SessionDep, actor: Writer, body: SearchReturned, keys: KeysDep, once: OnceDep
) -> CountRead:
    """Give exactly what a search showed back, with a reason."""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=CountRead,
        work=lambda: reporting.send_back(
            session, actor=actor, search_id=body.search_id, reason=body.reason, keys=keys
        ),
    )


@router.post("/delete")
async def delete_admissions(
    session: SessionDep, actor: Writer, body: SearchDeleted, once: OnceDep
) -> CountRead:
    """Delete exactly what a search showed, if all are new or returned and 全部删除 was typed."""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=CountRead,
        work=lambda: reporting.delete_all(session, actor=actor, search_id=body.search_id, words=body.words),
    )


@router.put("/{person_id}")
async def correct_admission(
    session: SessionDep,
    actor: Writer,
    person_id: UUID,
    body: AdmissionPut,
    context: ContextDep,
    expected: IfMatchDep,
    response: Response,
) -> MemberRead:
    """Correct a new or returned person."""
    person, answer = await service.correct(
        session, actor=actor, context=context, person_id=person_id, expected=expected, asked=body
    )
    set_etag(response, person)
    return answer


@router.delete("/{person_id}", status_code=204)
async def delete_admission(session: SessionDep, actor: Writer, person_id: UUID, expected: IfMatchDep) -> None:
    """Delete a new or returned person."""
    await service.delete(session, actor=actor, person_id=person_id, expected=expected)


@router.get("/{person_id}/papers")
async def read_papers(session: SessionDep, actor: Reader, person_id: UUID) -> list[PaperRead]:
    """Return the papers of postponed retirement of a person."""
    return await service.read_papers(session, actor=actor, person_id=person_id)


@router.post("/{person_id}/over-age")
async def decide_over_age(
    session: SessionDep,
    actor: Writer,
    person_id: UUID,
    body: OverAgeDecision,
    context: ContextDep,
    expected: IfMatchDep,
    response: Response,
) -> MemberRead:
    """Consent to an admission over age, or refuse it."""
    person, answer = await service.decide_over_age(
        session, actor=actor, context=context, person_id=person_id, expected=expected, asked=body
    )
    set_etag(response, person)
    return answer
