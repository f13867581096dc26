"""Making the demo accounts of a local run."""

from typing import Annotated

from fastapi import APIRouter

from common.auth import Actor
from common.http import ContextDep, requires

from ..auth import TENANT_MANAGE
from ..platform.rules import require_platform
from ..ports.sandbox import require_local
from ..tenants.access import NamedTenantDep
from . import service
from .schemas import DemoPut, DemoRead

router = APIRouter(tags=["sandbox"])


@router.put("/tenants/{code}/demo")
async def put_demo(
    code: str,
    session: NamedTenantDep,
    actor: Annotated[Actor, requires(TENANT_MANAGE)],
    body: DemoPut,
    context: ContextDep,
) -> DemoRead:
    """Make the demo accounts that are missing (operators of the platform, local runs only)."""
    require_platform(actor)
    require_local(context)
    return await service.put_demo(session, actor=actor, context=context, asked=body)
