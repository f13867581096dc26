"""Uploads in pieces (tus) that become documents."""

import base64
from typing import Any

import httpx
import pytest

from common.auth import Actor
from common.ids import new_id
from ocr.jobs import sweep_uploads

from . import files
from .world import World

TUS = {"Tus-Resumable": "1.0.0"}
PIECE = "application/offset+octet-stream"


def metadata(**values: str) -> str:
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items())


async def begin(world: World, actor: Actor | None, size: int, **values: str) -> httpx.Response:
    headers = {**TUS, "Upload-Length": str(size)}
    headers["Upload-Metadata"] = metadata(**{"purpose": "document", "filename": "病历 100%.pdf", **values})
    return await world.client.post("/uploads", actor, headers=headers)


async def append(world: World, actor: Actor, upload_id: str, offset: int, data: bytes) -> httpx.Response:
    headers = {**TUS, "Upload-Offset": str(offset), "Content-Type": PIECE}
    return await world.client.send("PATCH", f"/uploads/{upload_id}", actor, headers=headers, content=data)


async def uploaded(world: World, actor: Actor, data: bytes) -> str:
    """Send a file in two pieces, asking in between how much has come."""
    response = await begin(world, actor, len(data))
    assert response.status_code == 201, response.text
    upload_id = str(response.json()["id"])
    half = len(data) // 2
    assert (await append(world, actor, upload_id, 0, data[:half])).status_code == 204
    asked = await world.client.send("HEAD", f"/uploads/{upload_id}", actor, headers=TUS)
    assert int(asked.headers["Upload-Offset"]) == half
    assert (await append(world, actor, upload_id, half, data[half:])).status_code == 204
    return upload_id


async def take(world: World, actor: Actor | None, upload_id: object, **options: Any) -> httpx.Response:
    params = {"recognize": "false"}
    return await world.client.post(f"/documents/from-upload/{upload_id}", actor, params=params, **options)


@pytest.mark.feature("N.10")
async def test_an_upload_in_pieces_becomes_a_document(world: World) -> None:
    member, data = world.member(), files.photo()
    upload_id = await uploaded(world, member, data)
    response = await take(world, member, upload_id)
    assert response.status_code == 201, response.text
    body = response.json()
    assert body["media_type"] == "image/jpeg" and body["size"] == len(data)
    read = await world.read(member, body["document_id"])
    assert read["filename"] == "病历 100%.pdf"
    content = await world.client.get(f"/documents/{body['document_id']}/content", member)
    assert content.content == data
    again = await take(world, member, upload_id)
    assert again.status_code == 201 and again.json()["document_id"] == body["document_id"]
    assert await world.count_documents() == 1
    assert len(await world.events("ocr.document_stored.v1")) == 1
    for name in await world.object_names():
        assert not (await world.object_bytes(name)).startswith(data[:8])


async def test_only_whoever_sent_it_can_take_it(world: World, other: World) -> None:
    upload_id = await uploaded(world, world.member(), files.png())
    assert (await take(world, None, upload_id)).status_code == 401
    assert (await take(world, world.member("claims.claim.submit"), upload_id)).status_code == 403
    assert (await take(world, world.member(), upload_id)).status_code == 404
    assert (await take(world, other.member(), upload_id)).status_code == 404
    assert (await take(world, world.member(), new_id())).status_code == 404
    assert await world.count_documents() == 0


async def test_one_taken_already_stays_its_owner_s(world: World) -> None:
    member = world.member()
    upload_id = await uploaded(world, member, files.png())
    await take(world, member, upload_id)
    assert (await take(world, world.member(), upload_id)).status_code == 404


async def test_an_incomplete_or_foreign_file_is_refused(world: World) -> None:
    member = world.member()
    started = (await begin(world, member, 1000)).json()["id"]
    assert (await take(world, member, started)).json()["code"] == "upload.incomplete"
    text = await uploaded(world, member, b"no picture at all" * 10)
    assert (await take(world, member, text)).json()["code"] == "document.unsupported"
    assert await world.count_documents() == 0


async def test_what_is_too_large_or_for_another_purpose_is_refused_before_a_byte(world: World) -> None:
    member = world.member()
    large = await begin(world, member, 100_000_000)
    assert (large.status_code, large.json()["code"]) == (413, "upload.too_large")
    assert "10 MB" in large.json()["detail"]
    over = await begin(world, member, 10_000_001)
    assert (over.status_code, over.json()["code"]) == (413, "upload.too_large"), (
        "the limit of the union's pack"
    )
    assert (await begin(world, member, 10, purpose="roster")).json()["code"] == "upload.purpose_unknown"
    assert (await begin(world, None, 10)).status_code == 401
    assert (await begin(world, world.member("claims.claim.submit"), 10)).status_code == 403


async def test_the_sweep_leaves_what_is_still_coming(world: World) -> None:
    member = world.member()
    upload_id = await uploaded(world, member, files.png())
    await sweep_uploads(world.client.context, world.tenant.id)
    assert (await take(world, member, upload_id)).status_code == 201


@pytest.mark.feature("N.10")
async def test_a_piece_that_begins_elsewhere_is_told_where_to_go_on(world: World) -> None:
    member, data = world.member(), files.png()
    upload_id = str((await begin(world, member, len(data))).json()["id"])
    assert (await append(world, member, upload_id, 0, data[:10])).status_code == 204
    for offset in (0, 11):
        refused = await append(world, member, upload_id, offset, data[offset:])
        assert (refused.status_code, refused.json()["code"]) == (409, "upload.offset_conflict")
        assert refused.headers["Upload-Offset"] == "10" and "10" in refused.json()["detail"]
    assert (await append(world, member, upload_id, 10, data[10:])).status_code == 204
    assert (await take(world, member, upload_id)).status_code == 201


async def test_two_uploads_of_one_file_are_two_documents_of_one_content(world: World) -> None:
    """Whether the same paper may be used twice is decided where it is used."""
    member, data = world.member(), files.png()
    taken = [(await take(world, member, await uploaded(world, member, data))).json() for _ in range(2)]
    assert taken[0]["document_id"] != taken[1]["document_id"]
    assert taken[0]["sha256"] == taken[1]["sha256"]
    assert await world.count_documents() == 2
