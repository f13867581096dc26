"""HTTP of the papers that a unit prints, seals and hands in with its payment."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response, status

from common.auth import Actor
from common.http import KeysDep, OnceDep, SessionDep, requires
from common.tasks import TaskRead, request_task

from .. import auth
from ..papers import PDF, pdf_response
from ..tasks import ROSTER_PRINT
from .admission import print_admission
from .heads import head_of
from .schemas import RosterPrint

router = APIRouter(prefix="/orders/{order_id}/forms", tags=["forms"])
Reader = Annotated[Actor, requires(auth.ORDER_READ)]


@router.get("/admission", response_class=Response, responses=PDF)
async def print_admission_form(session: SessionDep, actor: Reader, order_id: UUID, keys: KeysDep) -> Response:
    """打印团体入会表（PDF），盖章后与参保花名册一并随付款信息上传；无导出权限的，经办人信息为掩码。"""
    number, form = await print_admission(session, actor=actor, order_id=order_id, keys=keys)
    return pdf_response(form, f"团体入会表-{number}.pdf")


@router.post("/rosters", status_code=status.HTTP_202_ACCEPTED)
async def request_printed_roster(
    session: SessionDep, actor: Reader, order_id: UUID, keys: KeysDep, once: OnceDep
) -> TaskRead:
    """打印参保花名册（PDF，人员较多时分册打包），在后台生成，完成后下载；无导出权限的，个人信息为掩码。"""

    async def work() -> TaskRead:
        head = await head_of(session, actor=actor, order_id=order_id)
        parameters = RosterPrint(order_id=head.order.id).model_dump(mode="json")
        task = await request_task(
            session, actor=actor, kind=ROSTER_PRINT.name, parameters=parameters, keys=keys
        )
        return TaskRead.of(task, title=ROSTER_PRINT.title)

    return await once.run(session, caller=str(actor.id), answer=TaskRead, work=work)
