"""HTTP of terminations."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response, status

from common.auth import Actor
from common.http import (
    CursorDep,
    IfMatchDep,
    KeysDep,
    LinkKeyDep,
    OnceDep,
    Page,
    SessionDep,
    requires,
)
from common.http.edits import set_etag

from .. import auth
from ..papers import PDF, pdf_response
from ..payments.schemas import PaperLinks
from . import review, service
from .models import Termination, TerminationStatus
from .printing import print_form
from .reading import read_summaries, read_termination
from .schemas import (
    TerminationApprove,
    TerminationCreate,
    TerminationEdit,
    TerminationRead,
    TerminationRefuse,
    TerminationSubmit,
    TerminationSummary,
)

router = APIRouter(prefix="/terminations", tags=["terminations"])
Writer = Annotated[Actor, requires(auth.ORDER_WRITE)]
Reader = Annotated[Actor, requires(auth.ORDER_READ)]
Reviewer = Annotated[Actor, requires(auth.ORDER_REVIEW)]


@router.post("", status_code=status.HTTP_201_CREATED)
async def request_termination(
    session: SessionDep, actor: Writer, body: TerminationCreate, keys: KeysDep, once: OnceDep
) -> TerminationRead:
    """创建保单终止申请：选择要终止的保单。"""

    async def work() -> TerminationRead:
        termination = await service.request_termination(
            session,
            actor=actor,
            policy_ids=body.policies,
            reason=body.reason,
            wanted_day=body.last_day,
            keys=keys,
        )
        return await read_termination(session, termination, keys, actor=actor)

    return await once.run(session, caller=str(actor.id), answer=TerminationRead, work=work)


@router.get("")
async def list_terminations(
    session: SessionDep,
    keys: KeysDep,
    actor: Reader,
    cursor: CursorDep,
    termination_status: Annotated[TerminationStatus | None, Query(alias="status")] = None,
    number: Annotated[str | None, Query(max_length=32)] = None,
    mine: Annotated[bool, Query(description="只列等我所在岗位审批的")] = False,
) -> Page[TerminationSummary]:
    """保单提前终止申请列表（所辖范围内）。"""
    rows = await service.list_terminations(
        session, actor=actor, cursor=cursor, status=termination_status, number=number, mine=mine
    )
    read_rows = await read_summaries(session, rows, keys, actor=actor)
    shown = {row.id: read for row, read in zip(rows, read_rows, strict=True)}

    def read(row: Termination) -> TerminationSummary:
        return shown[row.id]

    return cursor.page(rows, read)


@router.get("/{termination_id}")
async def get_termination(
    session: SessionDep, actor: Reader, termination_id: UUID, keys: KeysDep, response: Response
) -> TerminationRead:
    """终止申请详情：保单、预计退费及计算依据、办理过程。"""
    termination = await service.find_termination(session, actor=actor, termination_id=termination_id)
    set_etag(response, termination)
    return await read_termination(session, termination, keys, actor=actor)


@router.put("/{termination_id}")
async def edit_termination(
    session: SessionDep,
    actor: Writer,
    termination_id: UUID,
    body: TerminationEdit,
    keys: KeysDep,
    version: IfMatchDep,
    response: Response,
) -> TerminationRead:
    """修改尚未提交的终止申请：原因、终止日期、增减保单。"""
    termination = await service.edit_termination(
        session,
        actor=actor,
        termination_id=termination_id,
        version=version,
        reason=body.reason,
        wanted_day=body.last_day,
        add=body.add,
        remove=body.remove,
        keys=keys,
    )
    set_etag(response, termination)
    return await read_termination(session, termination, keys, actor=actor)


@router.delete("/{termination_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_termination(session: SessionDep, actor: Writer, termination_id: UUID) -> None:
    """删除尚未提交的终止申请。"""
    await service.delete_termination(session, actor=actor, termination_id=termination_id)


@router.get("/{termination_id}/form", response_class=Response, responses=PDF)
async def print_termination_form(
    session: SessionDep, actor: Writer, termination_id: UUID, keys: KeysDep
) -> Response:
    """打印保单提前终止申请表（PDF），签字盖章后扫描提交。"""
    termination = await service.find_termination(session, actor=actor, termination_id=termination_id)
    form = await print_form(session, actor=actor, termination=termination, keys=keys)
    return pdf_response(form, f"保单提前终止申请表-{termination.number}.pdf")


@router.get("/{termination_id}/scans")
async def list_termination_scans(
    session: SessionDep, actor: Reader, termination_id: UUID, key: LinkKeyDep
) -> PaperLinks:
    """签字盖章的终止申请表的查看链接（短时有效）。"""
    return PaperLinks(
        items=await service.list_scans(session, actor=actor, termination_id=termination_id, key=key)
    )


@router.post("/{termination_id}/submit")
async def submit_termination(
    session: SessionDep,
    actor: Writer,
    termination_id: UUID,
    body: TerminationSubmit,
    keys: KeysDep,
    link_key: LinkKeyDep,
    once: OnceDep,
) -> TerminationRead:
    """提交终止申请：上传签字盖章的申请表，报上级审批。"""

    async def work() -> TerminationRead:
        termination = await service.submit_termination(
            session, actor=actor, termination_id=termination_id, scans=body.scans, key=link_key
        )
        return await read_termination(session, termination, keys, actor=actor)

    return await once.run(session, caller=str(actor.id), answer=TerminationRead, work=work)


@router.post("/{termination_id}/approve")
async def approve_termination(
    session: SessionDep,
    actor: Reviewer,
    termination_id: UUID,
    body: TerminationApprove,
    keys: KeysDep,
    once: OnceDep,
) -> TerminationRead:
    """审批通过；最后一个环节通过后保单终止，按项目规则退费。"""

    async def work() -> TerminationRead:
        termination = await review.approve_termination(
            session, actor=actor, termination_id=termination_id, opinion=body.opinion, keys=keys
        )
        return await read_termination(session, termination, keys, actor=actor)

    return await once.run(session, caller=str(actor.id), answer=TerminationRead, work=work)


@router.post("/{termination_id}/return")
async def return_termination(
    session: SessionDep,
    actor: Reviewer,
    termination_id: UUID,
    body: TerminationRefuse,
    keys: KeysDep,
    once: OnceDep,
) -> TerminationRead:
    """退回修改，写明原因。"""

    async def work() -> TerminationRead:
        termination = await review.return_termination(
            session, actor=actor, termination_id=termination_id, reason=body.reason, keys=keys
        )
        return await read_termination(session, termination, keys, actor=actor)

    return await once.run(session, caller=str(actor.id), answer=TerminationRead, work=work)


@router.post("/{termination_id}/reject")
async def reject_termination(
    session: SessionDep,
    actor: Reviewer,
    termination_id: UUID,
    body: TerminationRefuse,
    keys: KeysDep,
    once: OnceDep,
) -> TerminationRead:
    """不予通过，写明原因；保单继续有效。"""

    async def work() -> TerminationRead:
        termination = await review.reject_termination(
            session, actor=actor, termination_id=termination_id, reason=body.reason, keys=keys
        )
        return await read_termination(session, termination, keys, actor=actor)

    return await once.run(session, caller=str(actor.id), answer=TerminationRead, work=work)
