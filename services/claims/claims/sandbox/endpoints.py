"""HTTP of the sandbox's bank. Local runs only."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from common.clock import today
from common.errors import SandboxClosed
from common.http import ContextDep, PublicSessionDep
from common.tenancy import current_pack

from ..payouts.files import XLSX, read_rows, write_csv, write_sheet
from .errors import NotABatch
from .rules import Outcome, answer, payments

router = APIRouter(prefix="/sandbox", tags=["sandbox"])


@router.post("/bank-results", response_class=Response)
async def answer_batch(
    request: Request,
    context: ContextDep,
    session: PublicSessionDep,
    outcome: Annotated[Outcome, Query()] = "paid",
) -> Response:
    """本机试运行时代替银行：读入支付批次文件，按所选结果给出回盘文件；不保存任何内容，其他环境没有此地址。"""
    if context.settings.environment != "local":
        raise SandboxClosed
    bank = (await current_pack(session)).bank
    rows = [cells for _, cells in read_rows(bank.batch, await request.body(), unreadable=NotABatch)]
    paid = payments(bank.batch, rows)
    if not paid:
        raise NotABatch
    answered = answer(bank.result, paid, outcome, today())
    if bank.result.format == "xlsx":
        return Response(write_sheet(answered, columns=len(bank.result.columns)), media_type=XLSX)
    return Response(write_csv(bank.result, answered), media_type="text/csv")
