"""Liveness and readiness of a service. Metrics are the process's (`mounting`, `probe`): no gateway leads to them."""

from fastapi import APIRouter, Request

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
