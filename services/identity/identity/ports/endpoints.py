"""The sandbox page's view of the ports: how they decide, and what they have decided. Local runs only."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from common.errors import NotFound
from common.http import ContextDep, tenant_of
from common.text import Text

from .sandbox import Steer, Steering

router = APIRouter(prefix="/sandbox", tags=["sandbox"])
TenantDep = Annotated[UUID, Depends(tenant_of)]


class SandboxClosed(NotFound):
    """The sandbox exists in local runs only."""

    code = "sandbox.closed"
    text = Text("沙箱只在本机试运行时可用。", "The sandbox exists in local runs only.")


class SandboxVerificationsPut(BaseModel):
    """How faces and bank cards are decided from now on, for an hour."""

    face: Steer | None = None
    card: Steer | None = None


class SandboxVerificationsRead(BaseModel):
    """How faces and bank cards are decided now, and the newest decisions ("face:passed")."""

    face: Steer
    card: Steer
    decisions: list[str]


async def steering(context: ContextDep) -> Steering:
    """Return the sandbox's steering; SandboxClosed outside local runs."""
    if context.settings.environment != "local":
        raise SandboxClosed
    return Steering(context.redis)


SteeringDep = Annotated[Steering, Depends(steering)]


@router.get("/verifications")
async def read_verifications(steering: SteeringDep, tenant_id: TenantDep) -> SandboxVerificationsRead:
    """本机试运行时人脸核验、银行卡核验的结论和最近的记录；其他环境没有此地址。"""
    return SandboxVerificationsRead(
        face=await steering.get(tenant_id, "face"),
        card=await steering.get(tenant_id, "card"),
        decisions=await steering.decisions(tenant_id),
    )


@router.put("/verifications")
async def steer_verifications(
    steering: SteeringDep, tenant_id: TenantDep, body: SandboxVerificationsPut
) -> SandboxVerificationsRead:
    """设定此后一小时内的核验结论：pass 通过、fail 不通过、pending 未完成、away 服务不可用。"""
    if body.face is not None:
        await steering.set(tenant_id, "face", body.face)
    if body.card is not None:
        await steering.set(tenant_id, "card", body.card)
    return await read_verifications(steering, tenant_id)
