"""Liveness, readiness and metrics of a process."""

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from ..errors import ServiceBusy

health_router = APIRouter(include_in_schema=False)


@health_router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process runs."""
    return {"status": "ok"}


@health_router.get("/readyz")
async def readyz(request: Request) -> dict[str, str | int]:
    """The service can reach its database."""
    context = request.app.state.context
    if not await context.is_ready():
        raise ServiceBusy
    return {"status": "ready", "service": context.service, "master_key": context.keyring.newest_master}


@health_router.get("/metrics")
async def metrics() -> Response:
    """Prometheus metrics of the process."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
