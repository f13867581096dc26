"""The sandbox page's view of the ports: how they decide, and what they have decided. Local runs only."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from joserfc import jwt
from joserfc.jwk import OctKey
from pydantic import BaseModel

from common.clock import now
from common.http import ContextDep, PublicSessionDep, tenant_of
from common.ids import new_id
from common.tenancy import current_pack

from ..sso.errors import PortalUnknown
from ..sso.handover import audience_of, shared_secret
from ..sso.rules import HAND_OVER_SECONDS
from .sandbox import Steer, Steering, require_local

router = APIRouter(prefix="/sandbox", tags=["sandbox"])
TenantDep = Annotated[UUID, Depends(tenant_of)]


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
    require_local(context)
    return Steering(context.redis)


class SandboxHandOver(BaseModel):
    """A user whom a host app would hand over."""

    host: str
    subject: str
    name: str
    document_kind: str = "resident_id"
    document_number: str
    mobile: str | None = None


class SandboxHandOverRead(BaseModel):
    """What the host app would send."""

    token: str


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


@router.post("/handovers")
async def hand_over(
    steering: SteeringDep, session: PublicSessionDep, context: ContextDep, body: SandboxHandOver
) -> SandboxHandOverRead:
    """本机试运行时代替宿主应用签发登录凭证（仅共享密钥方式）。"""
    pack = await current_pack(session)
    ways = pack.registration.sign_in
    host = next((h for h in ways.handovers if h.code == body.host and h.key_env), None)
    if host is None or host.key_env is None:
        raise PortalUnknown
    claims = {
        "iss": host.issuer, "aud": audience_of(pack.code), "sub": body.subject, "jti": str(new_id()),
        "iat": int(now().timestamp()), "exp": int(now().timestamp()) + HAND_OVER_SECONDS,
        **body.model_dump(exclude={"host", "subject"}, exclude_none=True),
    }  # fmt: skip
    key = OctKey.import_key(shared_secret(context, host.key_env))
    return SandboxHandOverRead(token=jwt.encode({"alg": host.algorithm}, claims, key))
