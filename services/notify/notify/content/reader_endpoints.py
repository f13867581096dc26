"""HTTP of readers: open to everybody; signed in, one reads also what is written for one's kind."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from common.http import CursorDep, Page

from . import reading
from .readers import ReaderDep, ReaderSessionDep
from .schemas import KINDS, ArticleRead, ArticleSummary, CategoryList, Kind

router = APIRouter(prefix="/articles", tags=["articles"])
KindQuery = Annotated[Kind | None, Query(description=KINDS)]


@router.get("")
async def list_articles(
    session: ReaderSessionDep,
    reader: ReaderDep,
    cursor: CursorDep,
    kind: KindQuery = None,
    category: Annotated[str | None, Query(max_length=40, description="栏目")] = None,
    programme: Annotated[
        Literal["contribution", "public_benefit"] | None,
        Query(description="项目介绍：contribution 会费型，public_benefit 公益型"),
    ] = None,
    product: Annotated[str | None, Query(max_length=40, description="项目代码")] = None,
    q: Annotated[str | None, Query(max_length=60, description="在标题和正文里查找，须包含所有词")] = None,
) -> Page[ArticleSummary]:
    """公告、帮助、项目介绍、健康资讯、活动动态等：置顶在前，其次按排定的顺序，再按时间；无需登录即可看公开内容。"""
    return await reading.list_articles(
        session, reader=reader, cursor=cursor, kind=kind, category=category, programme=programme,
        product=product, q=q,
    )  # fmt: skip


@router.get("/categories")
async def list_categories(
    session: ReaderSessionDep, reader: ReaderDep, kind: KindQuery = None
) -> CategoryList:
    """可看内容的栏目和篇数。"""
    return await reading.list_categories(session, reader=reader, kind=kind)


@router.get("/{article}")
async def read_article(session: ReaderSessionDep, reader: ReaderDep, article: str) -> ArticleRead:
    """一篇内容：按编号，或按配置包里的代码（如 how-to-join）；正文是净化过的 HTML。"""
    return await reading.read_article(session, reader=reader, article=article)
