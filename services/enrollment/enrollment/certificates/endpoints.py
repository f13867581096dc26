"""HTTP of certificates."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from common.auth import Actor
from common.http import KeysDep, SessionDep, requires

from .. import auth
from ..papers import PDF, pdf_response
from .service import print_certificate

router = APIRouter(prefix="/policies", tags=["certificates"])
Reader = Annotated[Actor, requires(auth.POLICY_READ)]


@router.get("/{policy_id}/certificate", response_class=Response, responses=PDF)
async def get_certificate(session: SessionDep, actor: Reader, policy_id: UUID, keys: KeysDep) -> Response:
    """打印参保凭证（PDF）。"""
    policy, certificate = await print_certificate(session, actor=actor, policy_id=policy_id, keys=keys)
    return pdf_response(certificate, f"参保凭证-{policy.number}.pdf")
