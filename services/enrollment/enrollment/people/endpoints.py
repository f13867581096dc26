"""HTTP of the people on an order and of roster uploads."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, status
from fastapi.responses import FileResponse
from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.crypto import TenantKeys
from common.http import (
    Cursor,
    CursorDep,
    KeysDep,
    OnceDep,
    Page,
    SessionDep,
    requires,
)
from common.tasks import TaskRead, request_task

from .. import auth
from ..files import workbook_file, workbook_response
from ..tasks import PEOPLE_EXPORT
from . import service
from .entered import read_entered
from .export import export_people, file_title
from .models import OrderPerson
from .reading import read_person
from .repository import Counts
from .schemas import (
    PeopleChosen,
    PeopleCounts,
    PeopleDelete,
    PeopleEntered,
    PeopleExport,
    PeopleSearch,
    PersonCreate,
    PersonEdit,
    PersonFound,
    PersonLookUp,
    PersonRead,
)

router = APIRouter(prefix="/orders/{order_id}", tags=["people"])
Writer = Annotated[Actor, requires(auth.ORDER_WRITE)]
Reader = Annotated[Actor, requires(auth.ORDER_READ)]
Exporter = Annotated[Actor, requires(auth.EXPORT)]


def read_counts(counts: Counts, changed: int = 0) -> PeopleCounts:
    """Return counts as responses show them."""
    return PeopleCounts(insurable=counts.insurable, not_insurable=counts.not_insurable, changed=changed)


@router.get("/people")
async def list_people(
    session: SessionDep,
    actor: Reader,
    order_id: UUID,
    cursor: CursorDep,
    keys: KeysDep,
    insurable: Annotated[bool | None, Query(description="true 可参保，false 不可参保")] = None,
) -> Page[PersonRead]:
    """参保人员列表：可参保或不可参保，后者带全部原因。"""
    search = PeopleSearch(insurable=insurable)
    return await _page(session, actor, order_id, keys, cursor, search)


@router.post("/people/search")
async def search_people(
    session: SessionDep,
    actor: Reader,
    order_id: UUID,
    cursor: CursorDep,
    keys: KeysDep,
    body: PeopleSearch,
) -> Page[PersonRead]:
    """按姓名、证件号码或会员编号查找参保人员。"""
    return await _page(session, actor, order_id, keys, cursor, body)


async def _page(
    session: AsyncSession,
    actor: Actor,
    order_id: UUID,
    keys: TenantKeys,
    cursor: Cursor,
    search: PeopleSearch,
) -> Page[PersonRead]:
    rows, told = await service.list_people(
        session, actor=actor, order_id=order_id, keys=keys, cursor=cursor, search=search
    )

    def read(row: OrderPerson) -> PersonRead:
        return read_person(row, keys).model_copy(update={"notice": told.get(row.id)})

    return cursor.page(rows, read)


@router.post("/people", status_code=status.HTTP_201_CREATED)
async def add_person(
    session: SessionDep, actor: Writer, order_id: UUID, body: PersonCreate, once: OnceDep, keys: KeysDep
) -> PersonRead:
    """添加一名参保人员，规则与花名册相同。"""

    async def work() -> PersonRead:
        person, notice = await service.add_person(
            session, actor=actor, order_id=order_id, keys=keys, body=body
        )
        await session.flush()
        return read_person(person, keys).model_copy(update={"notice": notice})

    return await once.run(session, caller=str(actor.id), answer=PersonRead, work=work)


@router.post("/people/lookup")
async def look_up_person(
    session: SessionDep, actor: Writer, order_id: UUID, body: PersonLookUp, keys: KeysDep
) -> PersonFound:
    """输入会员编号或身份证号，带出会员信息（掩码）和可否参保。"""
    return await service.look_up(session, actor=actor, order_id=order_id, keys=keys, body=body)


@router.patch("/people/{person_row}")
async def edit_person(
    session: SessionDep, actor: Writer, order_id: UUID, person_row: UUID, body: PersonEdit, keys: KeysDep
) -> PersonRead:
    """修改暂存申请中的一名人员并重新校验。"""
    person = await service.edit_person(
        session, actor=actor, order_id=order_id, person_row=person_row, keys=keys, body=body
    )
    return read_person(person, keys)


@router.post("/people/entered")
async def show_entered(
    session: SessionDep, actor: Exporter, order_id: UUID, body: PeopleChosen, keys: KeysDep
) -> PeopleEntered:
    """显示暂存申请中人员填写的原内容，便于核对和就地改正；每次查看记入审计日志。"""
    return await read_entered(session, actor=actor, order_id=order_id, keys=keys, ids=body.ids)


@router.post("/people/delete")
async def delete_people(
    session: SessionDep, actor: Writer, order_id: UUID, body: PeopleDelete
) -> PeopleCounts:
    """删除勾选的或全部参保人员。"""
    counts, removed = await service.delete_people(
        session,
        actor=actor,
        order_id=order_id,
        ids=body.ids,
        everybody=body.all,
        insurable=body.insurable,
        mended=body.mended,
        words=body.words,
    )
    return read_counts(counts, removed)


@router.get("/people/export", response_class=FileResponse)
async def export_people_of_order(
    session: SessionDep,
    actor: Exporter,
    order_id: UUID,
    keys: KeysDep,
    insurable: Annotated[bool | None, Query(description="true 可参保，false 不可参保")] = None,
) -> FileResponse:
    """导出参保人员（xlsx），不可参保人员带原因，可修改后直接上传。"""
    async with workbook_file() as path:
        number = await export_people(
            session, actor=actor, order_id=order_id, keys=keys, insurable=insurable, path=path
        )
        return workbook_response(path, f"{file_title(insurable)}-{number}.xlsx")


@router.post("/people/exports", status_code=status.HTTP_202_ACCEPTED)
async def request_people_export(
    session: SessionDep,
    actor: Exporter,
    order_id: UUID,
    keys: KeysDep,
    once: OnceDep,
    insurable: Annotated[bool | None, Query(description="true 可参保，false 不可参保")] = None,
) -> TaskRead:
    """导出任务：人员较多时在后台生成 xlsx，可查看进度，完成后下载。"""

    async def work() -> TaskRead:
        order = await service.order_of(session, actor=actor, order_id=order_id)
        wanted = PeopleExport(order_id=order.id, insurable=insurable)
        parameters = wanted.model_dump(mode="json", exclude_none=True)
        task = await request_task(
            session, actor=actor, kind=PEOPLE_EXPORT.name, parameters=parameters, keys=keys
        )
        return TaskRead.of(task, title=PEOPLE_EXPORT.title)

    return await once.run(session, caller=str(actor.id), answer=TaskRead, work=work)
