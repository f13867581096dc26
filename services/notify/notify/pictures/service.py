"""Use cases of pictures: take one, show one."""

from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.crypto import TenantKeys
from common.db import TenantRepository
from common.errors import NotFound
from common.http import ServiceContext
from common.ids import new_id
from common.storage import ObjectMissing, object_name

from ..content.rules import PICTURE_PATH
from .models import Picture
from .store import PictureStore

KEY = "picture.key"


class PictureRead(BaseModel):
    """A picture that was taken in."""

    id: UUID
    url: str = Field(description="图片地址，写进正文的 <img src> 或作封面")
    width: int
    height: int
    size: int


class Shown(NamedTuple):
    """A picture on its way to a reader."""

    media_type: str
    content: bytes


def url_of(tenant_id: UUID, picture_id: UUID) -> str:
    """Return where everybody sees a picture: a picture in a page brings no header, so the union is in the path."""
    return f"{PICTURE_PATH}{tenant_id}/{picture_id}"


async def keep_picture(
    session: AsyncSession, *, actor: Actor, keys: TenantKeys, context: ServiceContext, file: Path
) -> PictureRead:
    """Check, redraw and store an uploaded picture; NotAPicture, PictureTooBig."""
    store, picture_id = PictureStore.of(context), new_id()
    target = file.with_name("drawn")
    drawn = await store.draw(file, target)
    name = object_name(actor.tenant_id, "pictures", picture_id)
    key, size = await store.keep(name, target)
    TenantRepository(session, actor.tenant_id).add(
        Picture(
            id=picture_id, object_name=name, object_key=keys.seal_bytes(key, context=KEY), size=size,
            media_type=drawn.media_type, width=drawn.width, height=drawn.height, uploaded_by=actor.id,
        )
    )  # fmt: skip
    await record(session, actor_id=actor.id, action="picture.uploaded", subject=f"picture:{picture_id}")
    return PictureRead(
        id=picture_id,
        url=url_of(actor.tenant_id, picture_id),
        width=drawn.width,
        height=drawn.height,
        size=size,
    )


async def show_picture(
    session: AsyncSession, *, tenant_id: UUID, context: ServiceContext, picture_id: UUID
) -> Shown:
    """Return a picture; NotFound."""
    picture = await TenantRepository(session, tenant_id).find(Picture, picture_id)
    if picture is None:
        raise NotFound
    keys = await context.keyring.for_tenant(session)
    key = keys.open_bytes(picture.object_key, context=KEY)
    try:
        return Shown(picture.media_type, await PictureStore.of(context).read(picture.object_name, key))
    except ObjectMissing:
        raise NotFound from None
