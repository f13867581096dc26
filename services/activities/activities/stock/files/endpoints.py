"""HTTP of files of codes. Progress, cancelling and result files are those of /tasks."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, status

from common.auth import Actor
from common.http import ContextDep, KeysDep, OnceDep, SessionDep, requires
from common.http.incoming import incoming_file
from common.tasks import TaskRead

from ...auth import MANAGE
from . import service
from .reading import LIMITS
from .service import CodesMake, StockRead
from .tasks import IMPORT_KIND, XLSX

router = APIRouter(tags=["stock"])
Manager = Annotated[Actor, requires(MANAGE)]
BINARY = {"schema": {"type": "string", "format": "binary"}}
FILE_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            XLSX: BINARY,
            "text/csv": BINARY,
            "application/octet-stream": BINARY,
            "multipart/form-data": {
                "schema": {"type": "object", "properties": {"file": BINARY["schema"]}, "required": ["file"]}
            },
        },
    }
}


@router.post(
    "/campaigns/{campaign_id}/code-files",
    status_code=status.HTTP_202_ACCEPTED,
    openapi_extra=FILE_BODY,
)
async def import_code_file(
    request: Request, actor: Manager, context: ContextDep, campaign_id: UUID, once: OnceDep
) -> TaskRead:
    """导入电子码文件（xlsx 或 csv）：列为电子码、卡密（可无）、有效期至（可无）；后台处理。

    好的行导入，重复和格式不对的行写在任务的结果文件里（行号、原因）；counts 为 imported、doubles、faulty。
    """
    async with context.db.transaction(actor.tenant_id) as session:
        await service.check_campaign(session, actor=actor, campaign_id=campaign_id)
    async with incoming_file(request, limit=LIMITS.file_bytes) as file:
        bound = once.for_content(bytes.fromhex(file.sha256))
        async with context.db.transaction(actor.tenant_id) as session:
            keys = await context.keyring.for_tenant(session)

            async def work() -> TaskRead:
                task = await service.take_file(
                    session, actor=actor, context=context, campaign_id=campaign_id, file=file, keys=keys
                )
                return TaskRead.of(task, title=IMPORT_KIND.title)

            return await bound.run(session, caller=str(actor.id), answer=TaskRead, work=work)


@router.post("/campaigns/{campaign_id}/codes/make")
async def make_codes(
    session: SessionDep, actor: Manager, keys: KeysDep, campaign_id: UUID, body: CodesMake, once: OnceDep
) -> StockRead:
    """由平台生成电子码（工会自行兑付的活动用）：随机、不重复。"""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=StockRead,
        work=lambda: service.make_codes(
            session, actor=actor, keys=keys, campaign_id=campaign_id, count=body.count
        ),
    )
