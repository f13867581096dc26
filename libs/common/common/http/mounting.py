"""Services under the paths by which the outside knows them: the same in every process, on a laptop and in a cluster."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from .problems import install


def mounted(apps: Mapping[str, FastAPI]) -> FastAPI:
    """Return an application with the process's /healthz, /readyz and /metrics, and each service below /api/<name>."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        # A mounted app's lifespan is not run by the outer one.
        async with AsyncExitStack() as stack:
            for app in apps.values():
                await stack.enter_async_context(app.router.lifespan_context(app))
            yield

    outer = FastAPI(title="Huzhu 互助", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    install(outer)
    _add_operations(outer, apps)
    for name, app in apps.items():
        outer.mount(f"/api/{name}", app)
    return outer


def _add_operations(outer: FastAPI, apps: Mapping[str, FastAPI]) -> None:
    @outer.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @outer.get("/readyz")
    async def readyz() -> JSONResponse:
        missing = [name for name, app in apps.items() if not await app.state.context.is_ready()]
        status, code = ("waiting", 503) if missing else ("ready", 200)
        return JSONResponse({"status": status, "waiting_for": missing}, code)

    @outer.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
