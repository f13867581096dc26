"""HTTP of the home page and the service catalogue."""

from typing import Annotated

from fastapi import APIRouter, Query

from common.auth import Actor
from common.http import ContextDep, KeysDep, SessionDep, requires

from ..auth import READ_OWN
from ..content.readers import ReaderDep, ReaderSessionDep
from . import service
from .service import CatalogueRead, HomeRead

router = APIRouter(tags=["home"])


@router.get("/home")
async def read_home(session: ReaderSessionDep, reader: ReaderDep, context: ContextDep) -> HomeRead:
    """首页：本工会的模块和最新公告；无需登录，登录后只列出本人可用的模块。"""
    keys = await context.keyring.for_tenant(session)
    return await service.read_home(session, reader=reader, keys=keys)


@router.get("/catalogue")
async def read_catalogue(
    session: SessionDep,
    actor: Annotated[Actor, requires(READ_OWN)],
    keys: KeysDep,
    department: Annotated[str | None, Query(max_length=60, description="所属部门，例如 校工会")] = None,
    q: Annotated[str | None, Query(max_length=60, description="事项名称，包含即可")] = None,
) -> CatalogueRead:
    """服务事项：按所属部门和事项名称筛选，只列出本人可以办理的，全天开放。"""
    return await service.read_catalogue(session, actor=actor, keys=keys, department=department, q=q)
