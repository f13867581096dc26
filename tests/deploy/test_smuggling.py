"""Where one message ends and the next begins is the same for the gateway and the services: nothing is smuggled in."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from ..e2e.conftest import free_port
from .test_gateway import PATH, gateway

HIDDEN = f"GET {PATH}?smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
LENGTH = f"Content-Length: {len(HIDDEN)}"


def post(*headers: str, body: str) -> bytes:
    """A request as somebody writes it who wants two servers to disagree on where it ends."""
    return "\r\n".join((f"POST {PATH} HTTP/1.1", "Host: x", *headers, "", body)).encode()


DISAGREEMENTS = {
    "both": post(LENGTH, "Transfer-Encoding: chunked", body=f"0\r\n\r\n{HIDDEN}"),
    "two lengths": post("Content-Length: 0", LENGTH, body=HIDDEN),
    "a list of lengths": post(f"Content-Length: 0, {len(HIDDEN)}", body=HIDDEN),
    "a sign before the length": post(f"Content-Length: +{len(HIDDEN)}", body=HIDDEN),
    "a coding that is none": post(LENGTH, "Transfer-Encoding: xchunked", body=HIDDEN),
    "chunked is not the last": post("Transfer-Encoding: chunked, identity", body=f"0\r\n\r\n{HIDDEN}"),
    "a space before the colon": post(LENGTH, "Transfer-Encoding : chunked", body=f"0\r\n\r\n{HIDDEN}"),
    "a size that is none": post("Transfer-Encoding: chunked", body=f"0x0\r\n\r\n{HIDDEN}"),
}


class Served(uvicorn.Server):
    """A server within a test's loop: signals are the tests' own."""

    def capture_signals(self) -> AbstractContextManager[None]:
        return nullcontext()


class Service:
    """A service as uvicorn serves it, and the queries that it saw."""

    def __init__(self) -> None:
        self.port = free_port()
        self.seen: list[str] = []

    async def answer(self, request: Request) -> PlainTextResponse:
        await request.body()
        self.seen.append(request.url.query)
        return PlainTextResponse("ok")


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    made = Service()
    app = Starlette(routes=[Route(PATH, made.answer, methods=["GET", "POST"])])
    server = Served(uvicorn.Config(app, port=made.port, lifespan="off", log_level="critical"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield made
    server.should_exit = True
    await serving


def statuses(port: int, request: bytes) -> list[str]:
    """Send the bytes and read until the other side closes; the statuses that came."""
    told = b""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(request)
        while part := connection.recv(65536):
            told += part
    return [
        line.split(" ")[1] for line in told.decode("latin-1").split("\r\n") if line.startswith("HTTP/1.1 ")
    ]


async def test_an_honest_request_passes_both(service: Service, tmp_path: Path) -> None:
    honest = post("Content-Length: 2", "Connection: close", body="ab")
    assert await asyncio.to_thread(statuses, service.port, honest) == ["200"]
    with ExitStack() as stack:
        url = await asyncio.to_thread(stack.enter_context, gateway(tmp_path, places=(service.port,)))
        assert await asyncio.to_thread(statuses, int(url.rsplit(":", 1)[1]), honest) == ["200"]


@pytest.mark.parametrize("name", DISAGREEMENTS)
async def test_a_service_sees_no_second_request_in_the_first(service: Service, name: str) -> None:
    assert await asyncio.to_thread(statuses, service.port, DISAGREEMENTS[name]) == ["400"]
    assert service.seen == []


async def test_behind_the_gateway_neither(service: Service, tmp_path: Path) -> None:
    with ExitStack() as stack:
        url = await asyncio.to_thread(stack.enter_context, gateway(tmp_path, places=(service.port,)))
        for name, request in DISAGREEMENTS.items():
            told = await asyncio.to_thread(statuses, int(url.rsplit(":", 1)[1]), request)
            assert told[:1] in (["400"], ["501"]), name
    assert service.seen == []
