"""Commands start quickly, and one that needs the whole platform waits for it while it starts."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext

import pytest
import typer
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from huzhu.cli.waiting import wait_until_started
from huzhu.home import Home
from huzhu.parts.ports import HOST
from huzhu.supervisor import FrontDoor
from tests.bench.platform import free_port

SLOW = {"sqlalchemy", "cv2", "numpy", "redis", "minio", "aiokafka", "asyncpg", "cryptography", "fastapi"}
QUICK = (
    "tenant",
    "tenant_keys",
    "keys",
    "events",
    "demo",
    "replacing",
    "recovery",
    "roster",
    "ocr",
    "waiting",
)


def test_quick_commands_import_nothing_that_takes_seconds() -> None:
    told = "import sys\n" + "".join(
        f"import huzhu.cli.{name}\nprint('{name}', *({SLOW!r} & set(sys.modules)))\n" for name in QUICK
    )
    lines = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout
    assert lines.splitlines() == list(QUICK)


class Served(uvicorn.Server):
    """A server within a test's loop: signals are the tests' own."""

    def capture_signals(self) -> AbstractContextManager[None]:
        return nullcontext()


@asynccontextmanager
async def platform(door: FrontDoor, unions: list[str]) -> AsyncIterator[None]:
    """What answers on the door's address once the api has started."""

    async def health(_: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    async def listed(_: Request) -> JSONResponse:
        return JSONResponse({"items": [{"code": code} for code in unions]})

    app = Starlette(routes=[Route("/healthz", health), Route("/api/identity/tenants", listed)])
    server = Served(uvicorn.Config(app, fd=os.dup(door.fileno()), lifespan="off", log_level="error"))
    serving = asyncio.create_task(server.serve())
    await door.stand_down()
    try:
        yield
    finally:
        server.should_exit = True
        await serving


@pytest.fixture
async def door(home: Home, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FrontDoor]:
    made = FrontDoor(HOST, free_port())
    made.open()
    await made.stand_in()
    monkeypatch.setenv("HUZHU_URL", f"http://{HOST}:{made.address[1]}")
    monkeypatch.setenv("HUZHU_HOME", str(home.path))
    monkeypatch.setattr("huzhu.cli.waiting.SAY_SECONDS", 0.0)
    yield made
    await made.close()


async def said(capsys: pytest.CaptureFixture[str], words: str) -> None:
    async with asyncio.timeout(60):
        while words not in capsys.readouterr().out:
            await asyncio.sleep(0.05)


async def test_it_waits_for_the_platform_and_then_for_its_unions(
    home: Home, door: FrontDoor, capsys: pytest.CaptureFixture[str]
) -> None:
    unions = ["bit"]
    with home.lock():
        waiting = asyncio.create_task(asyncio.to_thread(wait_until_started, code="wuxi"))
        await said(capsys, "平台正在启动")
        async with platform(door, unions):
            await said(capsys, "已载入 so far: bit")
            assert not waiting.done()
            unions.append("wuxi")
            await said(capsys, "已载入 so far: bit、wuxi")
            home.announced()
            await asyncio.wait_for(waiting, 60)


async def test_a_union_that_nobody_loads_is_named(
    home: Home, door: FrontDoor, capsys: pytest.CaptureFixture[str]
) -> None:
    async with platform(door, ["bit"]):
        with home.lock():
            home.announced()
            with pytest.raises(typer.Exit):
                await asyncio.to_thread(wait_until_started, code="nanjing")
    assert "没有工会“nanjing”" in capsys.readouterr().err


async def test_nobody_there_is_said_at_once(
    home: Home, door: FrontDoor, capsys: pytest.CaptureFixture[str]
) -> None:
    await door.close()
    with pytest.raises(typer.Exit):
        await asyncio.to_thread(wait_until_started, code="wuxi")
    assert "请先运行 make run" in capsys.readouterr().err


def test_a_home_is_starting_until_it_says_so(home: Home) -> None:
    assert not home.is_starting()
    with home.lock():
        assert home.is_starting()
        home.announced()
        assert not home.is_starting()
    assert not home.is_starting()
