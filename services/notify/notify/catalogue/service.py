"""Use cases of the home page and the service catalogue."""

from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.clock import today
from common.contracts.pack.content import CatalogueItem
from common.crypto import TenantKeys
from common.http import Cursor
from common.tenancy import current_pack
from common.text import Text

from ..content.reading import Reader, list_articles
from ..content.schemas import ArticleSummary
from ..copies.repository import CopyRepository
from . import rules

ANNOUNCEMENTS = 3


class ModuleRead(BaseModel):
    """A module of the home page, or an item of the catalogue."""

    code: str
    department: str
    title: str
    opens: str = Field(
        description="product 项目，claim 申请，dues 会费，activities 活动，cover 保障，payouts 给付和申请，"
        "documents 证件，applicants 常用申请人，enrolment 参保，article 一篇内容，articles 一类内容的列表"
    )
    target: str | None = Field(description="项目、申请类型、文章的代码，或内容类别")
    needs_sign_in: bool = Field(description="未登录时先登录或绑定")


class HomeRead(BaseModel):
    """The home page of a union: its modules and the first announcements."""

    modules: list[ModuleRead]
    announcements: list[ArticleSummary]


class CatalogueRead(BaseModel):
    """The items that the caller may use, at any hour, and their departments."""

    departments: list[str] = Field(description="所属部门，可作筛选条件")
    items: list[ModuleRead]


async def read_home(session: AsyncSession, *, reader: Reader, keys: TenantKeys) -> HomeRead:
    """Return the modules of a union: to a visitor all that are for members, to who has signed in what they may use."""
    pack = await current_pack(session)
    shown = await list_articles(
        session, reader=reader, cursor=Cursor(limit=ANNOUNCEMENTS), kind="announcement"
    )
    if reader.actor is not None:
        items = await _usable(session, reader.actor, keys)
    else:
        items = [item for item in pack.catalogue if {"public", "member"} & set(item.audience)]
    return HomeRead(modules=[_module(item) for item in items], announcements=shown.items)


async def read_catalogue(
    session: AsyncSession, *, actor: Actor, keys: TenantKeys, department: str | None, q: str | None
) -> CatalogueRead:
    """Return what the caller may use, by department 所属部门 and name 事项名称."""
    items = await _usable(session, actor, keys)
    return CatalogueRead(
        departments=[_said(zh, en) for zh, en in rules.departments(items)],
        items=[_module(item) for item in items if rules.found(item, department=department, words=q)],
    )


async def _usable(session: AsyncSession, actor: Actor, keys: TenantKeys) -> list[CatalogueItem]:
    pack = await current_pack(session)
    sex = await _sex_of(session, actor, keys)
    audiences = Reader(actor.tenant_id, actor).audiences
    return [
        item
        for item in pack.catalogue
        if rules.usable(
            item, pack, audiences=audiences, permissions=actor.permissions, sex=sex, today=today()
        )
    ]


async def _sex_of(session: AsyncSession, actor: Actor, keys: TenantKeys) -> str | None:
    if actor.person_id is None:
        return None
    known = await CopyRepository(session, actor.tenant_id).recipients([actor.person_id])
    sealed = known[actor.person_id].sex if actor.person_id in known else None
    return keys.open(sealed, context="person.sex") if sealed else None


def _said(zh: str, en: str) -> str:
    return Text(zh, en).in_language()


def _module(item: CatalogueItem) -> ModuleRead:
    return ModuleRead(
        code=item.code,
        department=item.department.text().in_language(),
        title=item.title.text().in_language(),
        opens=item.opens,
        target=item.target,
        needs_sign_in=rules.needs_sign_in(item),
    )
