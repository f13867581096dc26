"""HTTP of individual applications: fill in, preview, submit, decide, pay."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response, status

from common.auth import Actor
from common.http import (
    ContextDep,
    CursorDep,
    IfMatchDep,
    KeysDep,
    OnceDep,
    Page,
    SessionDep,
    requires,
    requires_any,
)
from common.http.edits import set_etag

from .. import auth
from ..online_payments.reading import read_payment
from ..online_payments.schemas import PaymentRead, PaymentStart
from ..online_payments.service import start_payment
from . import review, service
from .models import Application, ApplicationStatus
from .paying import cover_to_pay
from .reading import read_application, read_offers, read_preview, read_summaries
from .schemas import (
    ApplicationCreate,
    ApplicationEdit,
    ApplicationRead,
    ApplicationSummary,
    Decision,
    OfferList,
    PreviewRead,
    Refusal,
)

router = APIRouter(prefix="/applications", tags=["individual cover"])
Applicant = Annotated[Actor, requires(auth.APPLICATION_WRITE)]
Reader = Annotated[Actor, requires_any(auth.APPLICATION_READ, auth.APPLICATION_WRITE)]
Reviewer = Annotated[Actor, requires(auth.ORDER_REVIEW)]


@router.get("/offers")
async def list_offers(session: SessionDep, actor: Applicant, keys: KeysDep) -> OfferList:
    """可由个人申请的项目：价格、表单、健康告知，以及本人是否符合条件和原因。"""
    items = await read_offers(session, person_id=service.member_of(actor), keys=keys)
    return OfferList(items=items)


@router.post("", status_code=status.HTTP_201_CREATED)
async def begin_application(
    session: SessionDep, actor: Applicant, body: ApplicationCreate, keys: KeysDep, once: OnceDep
) -> ApplicationRead:
    """开始填写申请；已有草稿时返回该草稿，可在另一台设备上继续。"""

    async def work() -> ApplicationRead:
        application = await service.begin_application(
            session, actor=actor, product_code=body.product, answers=body.answers, keys=keys
        )
        return await read_application(session, application, keys)

    return await once.run(session, caller=str(actor.id), answer=ApplicationRead, work=work)


@router.get("")
async def list_applications(
    session: SessionDep,
    keys: KeysDep,
    actor: Reader,
    cursor: CursorDep,
    application_status: Annotated[ApplicationStatus | None, Query(alias="status")] = None,
    product: Annotated[str | None, Query(max_length=40)] = None,
) -> Page[ApplicationSummary]:
    """个人参保申请：会员看自己的，工作人员看所辖范围已提交的。"""
    rows = await service.list_applications(
        session, actor=actor, cursor=cursor, status=application_status, product=product
    )
    shown = {row.id: read for row, read in zip(rows, await read_summaries(session, rows, keys), strict=True)}

    def read(row: Application) -> ApplicationSummary:
        return shown[row.id]

    return cursor.page(rows, read)


@router.get("/{application_id}")
async def get_application(
    session: SessionDep, actor: Reader, application_id: UUID, keys: KeysDep, response: Response
) -> ApplicationRead:
    """申请详情：表单、全部审批环节和办理过程。"""
    application = await service.find_application(session, actor=actor, application_id=application_id)
    set_etag(response, application)
    return await read_application(session, application, keys)


@router.put("/{application_id}")
async def edit_application(
    session: SessionDep,
    actor: Applicant,
    application_id: UUID,
    body: ApplicationEdit,
    keys: KeysDep,
    version: IfMatchDep,
    response: Response,
) -> ApplicationRead:
    """保存草稿。"""
    application = await service.edit_application(
        session, actor=actor, application_id=application_id, answers=body.answers, version=version, keys=keys
    )
    set_etag(response, application)
    return await read_application(session, application, keys)


@router.delete("/{application_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_draft(session: SessionDep, actor: Applicant, application_id: UUID) -> None:
    """删除草稿。"""
    await service.delete_draft(session, actor=actor, application_id=application_id)


@router.get("/{application_id}/preview")
async def preview_application(
    session: SessionDep, actor: Applicant, application_id: UUID, keys: KeysDep
) -> PreviewRead:
    """表单预览：将要提交的内容、应缴金额、保障期，以及尚需修改之处。"""
    application = await service.own_application(session, actor=actor, application_id=application_id)
    return await read_preview(session, application, keys)


@router.post("/{application_id}/submit")
async def submit_application(
    session: SessionDep, actor: Applicant, application_id: UUID, keys: KeysDep, once: OnceDep
) -> ApplicationRead:
    """提交申请，进入审批流程。"""

    async def work() -> ApplicationRead:
        application = await service.submit_application(
            session, actor=actor, application_id=application_id, keys=keys
        )
        return await read_application(session, application, keys)

    return await once.run(session, caller=str(actor.id), answer=ApplicationRead, work=work)


@router.post("/{application_id}/withdraw")
async def withdraw_application(
    session: SessionDep, actor: Applicant, application_id: UUID, keys: KeysDep, once: OnceDep
) -> ApplicationRead:
    """缴费前撤回申请。"""

    async def work() -> ApplicationRead:
        application = await service.withdraw_application(session, actor=actor, application_id=application_id)
        return await read_application(session, application, keys)

    return await once.run(session, caller=str(actor.id), answer=ApplicationRead, work=work)


@router.post("/{application_id}/approve")
async def approve_application(
    session: SessionDep, actor: Reviewer, application_id: UUID, body: Decision, keys: KeysDep, once: OnceDep
) -> ApplicationRead:
    """审批通过，可附意见；最后一个环节通过后由会员在线缴费。"""

    async def work() -> ApplicationRead:
        application = await review.approve_application(
            session, actor=actor, application_id=application_id, opinion=body.opinion, keys=keys
        )
        return await read_application(session, application, keys)

    return await once.run(session, caller=str(actor.id), answer=ApplicationRead, work=work)


@router.post("/{application_id}/return")
async def return_application(
    session: SessionDep, actor: Reviewer, application_id: UUID, body: Refusal, keys: KeysDep, once: OnceDep
) -> ApplicationRead:
    """退回申请人修改，写明原因。"""

    async def work() -> ApplicationRead:
        application = await review.return_application(
            session, actor=actor, application_id=application_id, reason=body.reason, keys=keys
        )
        return await read_application(session, application, keys)

    return await once.run(session, caller=str(actor.id), answer=ApplicationRead, work=work)


@router.post("/{application_id}/reject")
async def reject_application(
    session: SessionDep, actor: Reviewer, application_id: UUID, body: Refusal, keys: KeysDep, once: OnceDep
) -> ApplicationRead:
    """不予通过，写明原因。"""

    async def work() -> ApplicationRead:
        application = await review.reject_application(
            session, actor=actor, application_id=application_id, reason=body.reason, keys=keys
        )
        return await read_application(session, application, keys)

    return await once.run(session, caller=str(actor.id), answer=ApplicationRead, work=work)


@router.post("/{application_id}/payment", status_code=status.HTTP_201_CREATED)
async def pay_application(
    request: Request,
    session: SessionDep,
    actor: Applicant,
    application_id: UUID,
    body: PaymentStart,
    context: ContextDep,
    once: OnceDep,
) -> PaymentRead:
    """在线缴费：返回支付链接或二维码。"""

    async def work() -> PaymentRead:
        application = await service.own_application(session, actor=actor, application_id=application_id)
        payment = await start_payment(
            session,
            actor=actor,
            ports=context.extras["payments"],
            to_pay=await cover_to_pay(session, application),
            mode=body.mode,
            open_id=body.open_id,
            client_ip=request.client.host if request.client else None,
        )
        return read_payment(payment)

    return await once.run(session, caller=str(actor.id), answer=PaymentRead, work=work)
