"""The service is killed with SIGKILL while a telephone sends a paper: what was answered stays, and it goes on there."""

import asyncio
import io
import json
import os
import random
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from PIL import Image

from .test_resumable import PIECE, TUS, metadata
from .world import World

PROGRAM = """
import json, os, socket
import uvicorn
from ocr.app import create_app
app = create_app()
app.state.context.verifier.use_keys(json.loads(os.environ["HUZHU_TEST_JWKS"]))
listening = socket.socket(fileno=int(os.environ["HUZHU_TEST_SOCKET"]))
uvicorn.Server(uvicorn.Config(app, log_config=None)).run(sockets=[listening])
"""
PATIENCE = 120.0


def noise() -> bytes:
    """A picture that cannot be compressed, of about two megabytes."""
    out = io.BytesIO()
    Image.frombytes("RGB", (1000, 700), random.Random(7).randbytes(3 * 700_000)).save(
        out, "PNG", compress_level=0
    )
    return out.getvalue()


@asynccontextmanager
async def service(
    world: World, environment: dict[str, str], listening: socket.socket
) -> AsyncIterator[asyncio.subprocess.Process]:
    """The service in a process of its own; whoever connects while there is none waits for the next one."""
    keys = {"keys": [world.client.mint.key.as_dict(private=False)]}
    more = {"HUZHU_TEST_JWKS": json.dumps(keys), "HUZHU_TEST_SOCKET": str(listening.fileno())}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PROGRAM),
        env={**os.environ, **environment, **more},
        pass_fds=[listening.fileno()],
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await asyncio.wait_for(process.wait(), 30)


@pytest.mark.feature("N.10")
async def test_an_upload_goes_on_after_the_service_was_killed(
    world: World, environment: dict[str, str]
) -> None:
    data, member = noise(), world.member()
    third = len(data) // 3
    listening = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    headers = world.client.mint.headers(member, **TUS)
    with listening:
        async with httpx.AsyncClient(base_url=address, timeout=PATIENCE, trust_env=False) as phone:
            async with service(world, environment, listening) as process:
                told = {
                    "Upload-Length": str(len(data)),
                    "Upload-Metadata": metadata(purpose="document", filename="a.png"),
                }
                once = {"Idempotency-Key": "killed-while-sending"}
                begun = await phone.post("/uploads", headers=headers | told | once)
                assert begun.status_code == 201, begun.text
                path = f"/uploads/{begun.json()['id']}"
                piece = headers | {"Content-Type": PIECE}
                first = await phone.patch(path, headers=piece | {"Upload-Offset": "0"}, content=data[:third])
                assert first.status_code == 204, first.text

                async def broken_off() -> AsyncIterator[bytes]:
                    yield data[third : 2 * third]
                    process.kill()
                    await process.wait()
                    yield data[2 * third :]

                with pytest.raises(httpx.TransportError):
                    await phone.patch(
                        path, headers=piece | {"Upload-Offset": str(third)}, content=broken_off()
                    )
            async with service(world, environment, listening):
                asked = await phone.head(path, headers=headers)
                offset = int(asked.headers["Upload-Offset"])
                assert third <= offset <= 2 * third, (
                    "what was answered was not lost, what was not sent is not there"
                )
                rest = await phone.patch(
                    path, headers=piece | {"Upload-Offset": str(offset)}, content=data[offset:]
                )
                assert (rest.status_code, rest.headers["Upload-Offset"]) == (204, str(len(data))), rest.text
    taken = await world.client.post(
        f"/documents/from-upload/{begun.json()['id']}", member, params={"recognize": "false"}
    )
    assert taken.status_code == 201, taken.text
    content = await world.client.get(f"/documents/{taken.json()['document_id']}/content", member)
    assert content.content == data and await world.count_documents() == 1
