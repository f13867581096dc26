"""HTTP of staff who edit content."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, status

from common.auth import Actor
from common.http import CursorDep, IfMatchDep, OnceDep, Page, SessionDep, requires

from ..auth import MANAGE_CONTENT
from . import service
from .schemas import (
    KINDS,
    ArticleCreate,
    ArticleEdit,
    ArticleOrder,
    ArticleText,
    ContentRead,
    ContentSummary,
    Kind,
    Ordered,
    Pin,
    PreviewRead,
    Publication,
    RevisionRead,
    State,
)

router = APIRouter(prefix="/contents", tags=["content"])
Editor = Annotated[Actor, requires(MANAGE_CONTENT)]


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_article(
    session: SessionDep, actor: Editor, body: ArticleCreate, once: OnceDep
) -> ContentRead:
    """新建内容，先存为草稿；正文会被净化。"""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=ContentRead,
        work=lambda: service.create_article(session, actor=actor, body=body),
    )


@router.get("")
async def list_content(
    session: SessionDep,
    actor: Editor,
    cursor: CursorDep,
    kind: Annotated[Kind | None, Query(description=KINDS)] = None,
    state: Annotated[
        State | None, Query(description="draft 草稿，scheduled 定时发布，published 已发布，withdrawn 已撤下")
    ] = None,
    q: Annotated[str | None, Query(max_length=60, description="在标题和正文里查找")] = None,
) -> Page[ContentSummary]:
    """全部内容（含草稿和已撤下的），新建的在前。"""
    return await service.list_content(session, actor=actor, cursor=cursor, kind=kind, state=state, q=q)


@router.post("/preview")
async def preview_article(session: SessionDep, actor: Editor, body: ArticleText) -> PreviewRead:
    """预览净化后的正文和摘要，不保存。"""
    return await service.preview_article(actor=actor, body=body)


@router.put("/order")
async def order_articles(session: SessionDep, actor: Editor, body: ArticleOrder) -> Ordered:
    """排定一类内容的顺序：列出的依次在前，其余按时间。"""
    return await service.order_articles(session, actor=actor, body=body)


@router.get("/{article_id}")
async def read_content(session: SessionDep, actor: Editor, article_id: UUID) -> ContentRead:
    """一篇内容的最新修改和发布情况；修改、发布、撤下时用其中的 version 作 If-Match。"""
    return await service.read_content(session, actor=actor, article_id=article_id)


@router.put("/{article_id}")
async def edit_article(
    session: SessionDep, actor: Editor, article_id: UUID, body: ArticleEdit, version: IfMatchDep
) -> ContentRead:
    """保存一次修改（形成新的一版）；已发布的内容在再次发布之前，读者仍看到原来的一版。"""
    return await service.edit_article(session, actor=actor, article_id=article_id, version=version, body=body)


@router.delete("/{article_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_draft(session: SessionDep, actor: Editor, article_id: UUID, version: IfMatchDep) -> None:
    """删除从未发布过的草稿；发布过的只能撤下。"""
    await service.delete_draft(session, actor=actor, article_id=article_id, version=version)


@router.post("/{article_id}/publish")
async def publish_article(
    session: SessionDep, actor: Editor, article_id: UUID, body: Publication, version: IfMatchDep
) -> ContentRead:
    """发布最新一版：立即，或在指定时间；定时期间读者仍看到现在的一版。已撤下的可以重新发布。"""
    return await service.publish_article(
        session, actor=actor, article_id=article_id, version=version, at=body.at
    )


@router.post("/{article_id}/withdraw")
async def withdraw_article(
    session: SessionDep, actor: Editor, article_id: UUID, version: IfMatchDep
) -> ContentRead:
    """撤下：读者立即看不到；可重新发布。"""
    return await service.withdraw_article(session, actor=actor, article_id=article_id, version=version)


@router.post("/{article_id}/pin")
async def pin_article(
    session: SessionDep, actor: Editor, article_id: UUID, body: Pin, version: IfMatchDep
) -> ContentRead:
    """置顶或取消置顶。"""
    return await service.pin_article(
        session, actor=actor, article_id=article_id, version=version, pinned=body.pinned
    )


@router.get("/{article_id}/revisions")
async def list_revisions(
    session: SessionDep, actor: Editor, cursor: CursorDep, article_id: UUID
) -> Page[RevisionRead]:
    """历次修改：谁在何时改成了什么，新的在前。"""
    return await service.list_revisions(session, actor=actor, article_id=article_id, cursor=cursor)


@router.post("/{article_id}/revisions/{number}/restore")
async def restore_revision(
    session: SessionDep, actor: Editor, article_id: UUID, number: int, version: IfMatchDep
) -> ContentRead:
    """把以前的一版重新存为最新一版（不自动发布）。"""
    return await service.restore_revision(
        session, actor=actor, article_id=article_id, version=version, number=number
    )
