"""HTTP of who and what the audit logs of all services speak of."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import StringConstraints

from common.audit.router import AUDIT_READ
from common.auth import Actor
from common.auth.scope import sees_whole_tenant
from common.errors import NotFound
from common.http import KeysDep, SessionDep, requires

from . import service
from .schemas import CodesRead, NamesRead

router = APIRouter(prefix="/audit", tags=["audit"])
Reader = Annotated[Actor, requires(AUDIT_READ)]
Id = Annotated[str, StringConstraints(max_length=60)]


@router.get("/people")
async def name_people(
    session: SessionDep,
    actor: Reader,
    keys: KeysDep,
    id: Annotated[list[Id], Query(max_length=100)] = [],  # noqa: A002, B006 (read only)
) -> NamesRead:
    """审计日志中的账号和会员是谁：工作人员写全名，经办人和会员掩码。"""
    _require_whole(actor)
    return await service.name_people(session, ids=id, keys=keys)


@router.get("/codes")
async def read_codes(session: SessionDep, actor: Reader) -> CodesRead:
    """审计日志中的角色、环节、项目和机构代码叫什么。"""
    _require_whole(actor)
    return await service.read_codes(session)


def _require_whole(actor: Actor) -> None:
    """NotFound for who works for a part only: the log is the whole union's."""
    if not sees_whole_tenant(actor):
        raise NotFound
