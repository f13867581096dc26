"""A gateway that sends one request to the old code, the next to the new."""

import asyncio
import itertools
import socket
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from huzhu.parts.ports import HOST

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]
OF_A_HOP = {"connection", "keep-alive", "transfer-encoding", "host"}


class Alternating:
    """The two addresses in turn, and what each has answered."""

    def __init__(self, old: str, new: str) -> None:
        self._turn = itertools.cycle((("old", old), ("new", new)))
        self._http = httpx.AsyncClient(timeout=120, trust_env=False)
        self.answered: Counter[str] = Counter()
        self.failed: list[str] = []
        self.app = Starlette(routes=[Route("/{path:path}", self._pass_on, methods=METHODS)])

    async def _pass_on(self, request: Request) -> Response:
        name, address = next(self._turn)
        headers = [(key, value) for key, value in request.headers.items() if key not in OF_A_HOP]
        asked = self._http.build_request(
            request.method,
            httpx.URL(address).copy_with(raw_path=target(request)),
            headers=headers,
            content=await request.body(),
        )
        answer = await self._http.send(asked, stream=True)
        self.answered[name] += 1
        if answer.is_server_error:
            self.failed.append(f"{name}: {request.method} {request.url.path} {answer.status_code}")
        kept = {key: value for key, value in answer.headers.items() if key not in OF_A_HOP}
        return StreamingResponse(
            answer.aiter_raw(), answer.status_code, kept, background=BackgroundTask(answer.aclose)
        )

    async def close(self) -> None:
        """Let go of both."""
        await self._http.aclose()


def target(request: Request) -> bytes:
    """The path and the query as they came."""
    query: bytes = request.scope["query_string"]
    path: bytes = request.scope["raw_path"]
    return path + (b"?" + query if query else b"")


class Served(uvicorn.Server):
    """A server within a test's loop: signals are the tests' own."""

    def capture_signals(self) -> AbstractContextManager[None]:
        return nullcontext()


@asynccontextmanager
async def alternating(old: str, new: str) -> AsyncIterator[tuple[Alternating, str]]:
    """Serve in front of both; yields what it has seen, and its address."""
    between = Alternating(old, new)
    with socket.create_server((HOST, 0)) as listening:
        server = Served(uvicorn.Config(between.app, log_level="error", lifespan="off"))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield between, f"http://{HOST}:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving
            await between.close()
