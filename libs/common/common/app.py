"""Composition of a service's ASGI application."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.telemetry._api import TelemetryConfig

from .audit.router import router as audit_router
from .db.naming import Subjects
from .http.context import Lifespan, ServiceContext
from .http.described import describe_headers
from .http.health import health_router
from .http.middleware import RequestEdge
from .http.problems import install
from .telemetry import AccessLog


def build_app(
    context: ServiceContext,
    routers: Sequence[APIRouter],
    *,
    title: str,
    lifespan: Lifespan | None = None,
    streamed: Sequence[str] = (),
    subjects: Subjects | None = None,
) -> FastAPI:
    """Return the ASGI application of one service, served under /api/<service>.

    `streamed`: parts of the paths whose endpoints stream their body; all others hold it in memory, up to 4 MiB.
    `subjects`: the columns by which people know what the audit log speaks of.
    """
    context.subjects = subjects or {}

    @asynccontextmanager
    async def run(_: FastAPI) -> AsyncIterator[None]:
        # The framework makes a router's routes at its first request: now, while nobody waits.
        list(iter_route_contexts(app.routes))
        try:
            if lifespan is None:
                yield
            else:
                async with lifespan(context):
                    yield
        finally:
            await context.close()

    # The framework makes the server span itself; its spans of single steps cost more than they tell.
    steps: TelemetryConfig = {"operation_spans": False}
    app = FastAPI(title=title, version="1", lifespan=run, docs_url="/docs", redoc_url=None, telemetry=steps)
    app.state.context = context
    install(app)
    for router in routers:
        app.include_router(router)
    app.include_router(audit_router)
    app.include_router(health_router)
    # The last one added is the outermost: a request gets its id, then its line in the log.
    app.add_middleware(AccessLog, service=context.service)
    app.add_middleware(RequestEdge, service=context.service, streamed=streamed)
    describe_headers(app)
    return app
