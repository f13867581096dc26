"""HTTP of the sandbox's payment page: pressing a button sends a signed notice, as a provider would."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from common.errors import SandboxClosed
from common.http import ContextDep, context_of
from common.tenancy import current_pack

from ..online_payments.endpoints import NoticeSessionDep
from ..online_payments.ports.interface import ProviderAway
from ..online_payments.ports.sandbox import SandboxPayments
from ..online_payments.settling import take_notice
from .page import payment_page

router = APIRouter(prefix="/sandbox/payments", tags=["sandbox"])


def sandbox_of(request: Request) -> SandboxPayments:
    """Return the sandbox; SandboxClosed outside of local runs."""
    port = context_of(request).extras["payments"].get(SandboxPayments.channel)
    if not isinstance(port, SandboxPayments):
        raise SandboxClosed
    return port


SandboxDep = Annotated[SandboxPayments, Depends(sandbox_of)]


@router.get("/{tenant_id}/{number}", response_class=HTMLResponse)
async def show_payment(sandbox: SandboxDep, tenant_id: UUID, number: str) -> HTMLResponse:
    """沙箱支付页面。"""
    return HTMLResponse(await _page(sandbox, tenant_id, number))


@router.post("/{tenant_id}/{number}/{decision}", response_class=HTMLResponse)
async def decide_payment(
    sandbox: SandboxDep,
    session: NoticeSessionDep,
    context: ContextDep,
    tenant_id: UUID,
    number: str,
    decision: Literal["paid", "failed"],
) -> HTMLResponse:
    """在沙箱中支付或使支付失败，并像支付机构一样发出带签名的通知。"""
    page = await _page(sandbox, tenant_id, number)
    headers, body = await sandbox.decide(number, decision)
    notice = await sandbox.read_notice(headers, body, await current_pack(session))
    if notice is not None:
        await take_notice(session, tenant_id=tenant_id, notice=notice)
        page = await _page(sandbox, tenant_id, number)
    return HTMLResponse(page)


async def _page(sandbox: SandboxPayments, tenant_id: UUID, number: str) -> str:
    try:
        kept = await sandbox.look(number)
    except ProviderAway:
        raise SandboxClosed from None
    if kept["tenant_id"] != str(tenant_id):
        raise SandboxClosed
    return payment_page(kept, f"/api/enrollment/sandbox/payments/{tenant_id}/{number}")
