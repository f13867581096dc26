"""Pictures of content: redrawn without what cameras add, shown to everybody."""

import io
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from PIL import Image

from common.testing import TestTenant

from .desk import DRAFT, Desk, desk, sown

__all__ = ["desk", "sown"]


def photograph(size: tuple[int, int] = (3000, 1500)) -> bytes:
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x0110], exif[0x0112] = "camera", 6
    Image.new("RGB", size, "teal").save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.mark.feature("B.11")
async def test_pictures_are_redrawn_and_shown_to_everybody(
    desk: Desk, new_tenant: Callable[..., Awaitable[TestTenant]]
) -> None:
    headers = {"Content-Type": "image/jpeg"}
    answer = await desk.client.post("/pictures", desk.staff, content=photograph(), headers=headers)
    assert answer.status_code == 201, answer.text
    picture = answer.json()
    assert (picture["width"], picture["height"]) == (1000, 2000), "upright and smaller"
    path = picture["url"].removeprefix("/api/notify")
    shown = await desk.client.get(path)
    assert shown.headers["content-type"] == "image/jpeg" and "immutable" in shown.headers["cache-control"]
    assert len(Image.open(io.BytesIO(shown.content)).getexif()) == 0, "what the camera noted is gone"
    html = f'<p><img src="{picture["url"]}" alt="窗口"></p>'
    content = await desk.done(await desk.write(body_zh=html, cover_id=picture["id"]), "publish", {})
    (listed,) = await desk.listed()
    assert listed["cover"] == picture["url"] == content["cover"]
    assert picture["url"] in (await desk.article(content["id"])).json()["body"]
    foreign = await new_tenant(desk.client.context)
    assert (await desk.client.get(path.replace(str(desk.tenant.id), str(foreign.id)))).status_code == 404
    unknown = await desk.client.post(
        "/contents", desk.staff, json=DRAFT | {"cover_id": "0198c0de-0000-7000-8000-000000000001"}
    )
    assert unknown.json()["code"] == "content.picture_unknown"


async def test_what_is_no_picture_and_who_may_not_upload_one(desk: Desk) -> None:
    async def upload(data: bytes, actor: Any = desk.staff) -> httpx.Response:
        headers = {"Content-Type": "image/png"}
        return await desk.client.post("/pictures", actor, content=data, headers=headers)

    drawn = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    for no_picture in (b"%PDF-1.7 no picture", drawn, b'<?xml version="1.0"?>' + drawn):
        assert (await upload(no_picture)).json()["code"] == "picture.not_a_picture"
    assert (await upload(photograph()[:2000])).json()["code"] == "picture.not_a_picture"
    out = io.BytesIO()
    Image.new("1", (9000, 9000)).save(out, "PNG")
    assert (await upload(out.getvalue())).json()["code"] == "picture.too_many_pixels"
    assert (await upload(b"\0" * 10_000_001)).status_code == 413
    assert (await upload(b"")).status_code == 400
    assert (await upload(photograph(), None)).status_code == 401
    assert (await upload(photograph(), desk.client.mint.actor(desk.tenant))).status_code == 403
