"""HTTP of pictures."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response, status

from common.auth import Actor
from common.http import ContextDep, KeysDep, OnceDep, SessionDep, requires
from common.http.incoming import incoming_file

from ..auth import MANAGE_CONTENT
from . import service
from .service import PictureRead

router = APIRouter(prefix="/pictures", tags=["pictures"])
MOST_BYTES = 10_000_000
HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


@router.post("", status_code=status.HTTP_201_CREATED)
async def upload_picture(
    request: Request,
    session: SessionDep,
    actor: Annotated[Actor, requires(MANAGE_CONTENT)],
    keys: KeysDep,
    context: ContextDep,
    once: OnceDep,
) -> PictureRead:
    """上传正文或封面图片（JPG、PNG、WebP、GIF，10 MB 以内）；拍摄信息会被去除，长边缩到 2000 像素。"""
    async with incoming_file(request, limit=MOST_BYTES) as file:
        return await once.for_content(bytes.fromhex(file.sha256)).run(
            session,
            caller=str(actor.id),
            answer=PictureRead,
            work=lambda: service.keep_picture(
                session, actor=actor, keys=keys, context=context, file=file.path
            ),
        )


@router.get("/{tenant_id}/{picture_id}", response_class=Response)
async def show_picture(context: ContextDep, tenant_id: UUID, picture_id: UUID) -> Response:
    """显示一张图片，无需登录；可长期缓存。"""
    async with context.db.transaction(tenant_id) as session:
        shown = await service.show_picture(
            session, tenant_id=tenant_id, context=context, picture_id=picture_id
        )
    return Response(shown.content, media_type=shown.media_type, headers=HEADERS)
