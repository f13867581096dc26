"""The tus endpoints: protocol headers, who may, what is refused and how."""

import asyncio
import base64
import hashlib
import os
from collections.abc import AsyncIterator

import httpx
import pytest

from common.app import build_app
from common.auth import Actor, permission
from common.crypto import Keyring
from common.http import ServiceContext
from common.ids import new_id
from common.settings import CommonSettings
from common.storage import ObjectStore
from common.storage.uploads import ResumableUploads, upload_router
from common.testing import Client, Mint, TestTenant, add_tenant, client_of
from common.testing.tenants import make_tenant
from tests.conftest import Parts

from .conftest import PART, PURPOSES

UPLOAD = permission("common.upload.send", "上传测试文件")
TUS = {"Tus-Resumable": "1.0.0"}
BODY = {"Content-Type": "application/offset+octet-stream"}
DATA = os.urandom(2 * PART + 99)


@pytest.fixture(scope="session")
async def client(settings: CommonSettings, store: ObjectStore, mint: Mint) -> AsyncIterator[Client]:
    context = ServiceContext.make("ocr", settings)
    context.extras["uploads"] = ResumableUploads(store, context.keyring, PURPOSES, part_bytes=PART)
    app = build_app(context, [upload_router(UPLOAD, patience=0.3)], title="test")
    async with client_of(app, mint) as made:
        yield made


@pytest.fixture
async def actor(client: Client, parts: Parts, mint: Mint, wuxi_pack: object, master: object) -> Actor:
    tenant: TestTenant = make_tenant(wuxi_pack, master)  # type: ignore[arg-type]
    await add_tenant(client.context.db, tenant)
    return mint.actor(tenant, UPLOAD)


def metadata(**values: str) -> dict[str, str]:
    pairs = [f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in values.items()]
    return {"Upload-Metadata": ",".join(pairs)}


async def begin(
    client: Client, actor: Actor | None, length: int = len(DATA), **changes: str
) -> httpx.Response:
    described = {"purpose": "evidence", "filename": "票据.jpg", "filetype": "image/jpeg"} | changes
    headers = {**TUS, **metadata(**described), "Upload-Length": str(length)}
    return await client.post("/uploads", actor, headers=headers)


async def patch(
    client: Client, actor: Actor | None, url: str, offset: int, data: object, **headers: str
) -> httpx.Response:
    sent = {**TUS, **BODY, "Upload-Offset": str(offset), **headers}
    return await client.send("PATCH", url, actor, headers=sent, content=data)


async def offset_of(client: Client, actor: Actor, url: str) -> int:
    response = await client.send("HEAD", url, actor, headers=TUS)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Upload-Length"] == str(len(DATA))
    return int(response.headers["Upload-Offset"])


async def test_a_file_goes_up_in_pieces(client: Client, actor: Actor) -> None:
    created = await begin(client, actor)
    assert created.status_code == 201
    url = created.headers["Location"]
    assert url == f"/uploads/{created.json()['id']}"
    assert created.headers["Upload-Expires"].endswith("GMT")
    assert await offset_of(client, actor, url) == 0
    first = await patch(client, actor, url, 0, DATA[:1000])
    assert (first.status_code, first.headers["Upload-Offset"], first.headers["Tus-Resumable"]) == (
        204,
        "1000",
        "1.0.0",
    )
    again = await patch(client, actor, url, 0, DATA[:1000])
    assert (again.status_code, again.headers["Upload-Offset"]) == (409, "1000")
    assert again.json()["code"] == "upload.offset_conflict"
    last = await patch(client, actor, url, 1000, DATA[1000:])
    assert (last.status_code, await offset_of(client, actor, url)) == (204, len(DATA))


async def test_what_the_server_can_do(client: Client, actor: Actor) -> None:
    response = await client.send("OPTIONS", "/uploads", actor)
    assert response.status_code == 204
    assert response.headers["Tus-Version"] == "1.0.0"
    assert set(response.headers["Tus-Extension"].split(",")) == {
        "creation",
        "expiration",
        "checksum",
        "termination",
    }
    assert response.headers["Tus-Max-Size"] == str(20 * 1024 * 1024)
    assert {"sha1", "sha256"} <= set(response.headers["Tus-Checksum-Algorithm"].split(","))


async def test_requests_at_once_of_one_upload_have_one_winner(client: Client, actor: Actor) -> None:
    url = (await begin(client, actor)).headers["Location"]
    answers = await asyncio.gather(*(patch(client, actor, url, 0, DATA) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [204, 409, 409, 409, 409]
    assert await offset_of(client, actor, url) == len(DATA)


async def test_only_those_who_may_and_only_their_own(client: Client, actor: Actor, mint: Mint) -> None:
    url = (await begin(client, actor)).headers["Location"]
    colleague = actor.model_copy(update={"id": new_id()})
    elsewhere = actor.model_copy(update={"tenant_id": new_id(), "tenant": "other"})
    powerless = actor.model_copy(update={"permissions": frozenset()})
    for who, status in ((None, 401), (powerless, 403), (colleague, 404), (elsewhere, 404)):
        answers = [
            await client.send("HEAD", url, who, headers=TUS),
            await patch(client, who, url, 0, DATA),
            await client.send("DELETE", url, who, headers=TUS),
        ]
        assert [answer.status_code for answer in answers] == [status] * 3
        assert all("Upload-Offset" not in answer.headers for answer in answers)
    for who, status in ((None, 401), (powerless, 403)):
        assert (await begin(client, who)).status_code == status
    assert await offset_of(client, actor, url) == 0


async def test_given_up(client: Client, actor: Actor) -> None:
    url = (await begin(client, actor)).headers["Location"]
    await patch(client, actor, url, 0, DATA[:100])
    assert (await client.send("DELETE", url, actor, headers=TUS)).status_code == 204
    assert (await client.send("HEAD", url, actor, headers=TUS)).status_code == 410
    assert (await patch(client, actor, url, 100, DATA[100:])).status_code == 410


async def test_a_damaged_piece_is_not_kept(client: Client, actor: Actor) -> None:
    url = (await begin(client, actor)).headers["Location"]
    digest = base64.b64encode(hashlib.sha256(DATA).digest()).decode()
    bad = await patch(client, actor, url, 0, DATA[:-1] + b"?", **{"Upload-Checksum": f"sha256 {digest}"})
    assert (bad.status_code, bad.json()["code"]) == (460, "upload.checksum_mismatch")
    assert await offset_of(client, actor, url) == 0
    good = await patch(client, actor, url, 0, DATA, **{"Upload-Checksum": f"sha256 {digest}"})
    assert good.status_code == 204


async def test_too_large_in_every_way(client: Client, actor: Actor) -> None:
    assert (await begin(client, actor, 20 * 1024 * 1024 + 1)).status_code == 413
    url = (await begin(client, actor)).headers["Location"]

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield bytes(PART)

    assert (await patch(client, actor, url, 0, endless())).status_code == 413
    received = await offset_of(client, actor, url)
    assert received <= len(DATA)
    assert (
        await patch(client, actor, url, received, b"x", **{"Content-Length": str(10**12)})
    ).status_code == 413


async def test_a_silent_sender_is_sent_away_and_what_came_is_kept(client: Client, actor: Actor) -> None:
    url = (await begin(client, actor)).headers["Location"]
    waiting = asyncio.Event()

    async def silent() -> AsyncIterator[bytes]:
        yield DATA[:100]
        await waiting.wait()

    # straight to the ASGI app: the test transport would wait for the sender itself
    sent: list[dict[str, object]] = []
    chunks = silent()

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": await anext(chunks), "more_body": True}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    headers = {**TUS, **BODY, "Upload-Offset": "0", **client.mint.headers(actor)}
    scope = {
        "type": "http",
        "method": "PATCH",
        "path": url,
        "raw_path": url.encode(),
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }
    await asyncio.wait_for(client.app(scope, receive, send), 10)  # type: ignore[arg-type]
    assert sent[0]["status"] == 408
    assert await offset_of(client, actor, url) == 100


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"Tus-Resumable": "0.2.2"}, 412),
        ({"Tus-Resumable": ""}, 412),
        ({"Content-Type": "image/jpeg"}, 415),
        ({"Upload-Offset": "x"}, 400),
        ({"Upload-Offset": ""}, 400),
        ({"Upload-Checksum": "md5 AAAA"}, 400),
    ],
)
async def test_what_is_not_the_protocol_is_refused(
    client: Client, actor: Actor, change: dict[str, str], status: int
) -> None:
    url = (await begin(client, actor)).headers["Location"]
    answer = await patch(client, actor, url, 0, DATA, **change)
    assert answer.status_code == status
    if status == 412:
        assert answer.headers["Tus-Version"] == "1.0.0"
    assert await offset_of(client, actor, url) == 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Upload-Length": "x"}, 400),
        ({}, 400),
        ({"Upload-Length": "5", "Upload-Metadata": "purpose !"}, 400),
        ({"Upload-Length": "5"}, 422),
        ({"Upload-Length": "5", **metadata(purpose="evidence", filetype="text/html")}, 422),
        ({"Upload-Length": "5", **metadata(purpose="roster", sha256="abc")}, 400),
    ],
)
async def test_a_beginning_that_says_too_little_is_refused(
    client: Client, actor: Actor, headers: dict[str, str], status: int
) -> None:
    assert (await client.post("/uploads", actor, headers={**TUS, **headers})).status_code == status


async def test_no_database_connection_waits_for_a_sender(client: Client, actor: Actor) -> None:
    urls = [(await begin(client, actor)).headers["Location"] for _ in range(3)]
    pool = client.context.db.engine.pool
    seen: list[int] = []

    async def slow() -> AsyncIterator[bytes]:
        for _ in range(5):
            yield DATA[:10]
            await asyncio.sleep(0.05)
            seen.append(pool.checkedout())  # type: ignore[attr-defined]

    answers = await asyncio.gather(*(patch(client, actor, url, 0, slow()) for url in urls))
    assert {answer.status_code for answer in answers} == {204}
    assert min(seen) == 0


async def test_the_service_takes_the_file(client: Client, actor: Actor, store: ObjectStore) -> None:
    created = await begin(client, actor, 5)
    await patch(client, actor, created.headers["Location"], 0, b"hello")
    uploads: ResumableUploads = client.context.extras["uploads"]
    async with client.context.db.transaction(actor.tenant_id) as session:
        file = await uploads.finish(
            session, created.json()["id"], actor_id=actor.id, purpose="evidence", key=bytes(32)
        )
    assert file.sha256 == hashlib.sha256(b"hello").hexdigest()
    assert isinstance(client.context.keyring, Keyring)
