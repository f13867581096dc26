"""Health and metrics of a process that serves no requests, on a port of its own."""

import asyncio
from collections.abc import Sequence

import uvicorn
from fastapi import FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from ..errors import ServiceBusy
from .context import ServiceContext
from .problems import install


def probe_app(contexts: Sequence[ServiceContext]) -> FastAPI:
    """Return an app with /healthz, /readyz and /metrics for a worker of these services."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    install(app)

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz")
    async def readyz() -> dict[str, str | int]:
        if not all([await context.is_ready() for context in contexts]):
            raise ServiceBusy
        return {"status": "ready", "master_key": min(one.keyring.newest_master for one in contexts)}

    @app.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return app


async def serve_probe(contexts: Sequence[ServiceContext], *, host: str, port: int) -> None:
    """Serve the probe until cancelled."""
    server = uvicorn.Server(
        uvicorn.Config(probe_app(contexts), host=host, port=port, log_level="warning", lifespan="off")
    )
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    try:
        await server.serve()
    except asyncio.CancelledError:
        server.should_exit = True
        raise
