"""What holds for the service as a whole: routes, migrations, Redis away."""

from collections.abc import Iterator

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from redis.asyncio import Redis

from common.auth import all_permissions
from common.errors import ServiceBusy
from common.http.deps import Requires
from common.testing import Client
from identity.auth import PUBLIC_ROUTES
from identity.endpoints import ROUTERS
from identity.limits import Limits
from identity.platform.rules import operators_of
from identity.settings import IdentitySettings


def permissions_of(dependant: Dependant) -> Iterator[str]:
    if isinstance(dependant.call, Requires):
        yield dependant.call.permission
    for below in dependant.dependencies:
        yield from permissions_of(below)


def test_every_route_names_a_permission_or_is_public() -> None:
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    open_routes = {
        (method, route.path)
        for route in routes
        for method in route.methods
        if not list(permissions_of(route.dependant))
    }
    assert open_routes == PUBLIC_ROUTES and len(routes) > 30
    assert {p for route in routes for p in permissions_of(route.dependant)} <= set(all_permissions())


async def test_without_redis_nobody_gets_a_free_try() -> None:
    limits = Limits(Redis.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=0.2))
    for attempt in (
        limits.hit("x", most=1, seconds=1),
        limits.check_lock("x"),
        limits.lock("x", seconds=1),
        limits.forget("x"),
    ):
        with pytest.raises(ServiceBusy):
            await attempt


async def test_a_window_ends_by_itself(identity: Client) -> None:
    limits = Limits(identity.context.redis)
    first, left = await limits.count("test-window", seconds=100)
    assert first == 1 and 99 <= left <= 100
    await identity.context.redis.persist("limit:test-window")
    assert (await limits.count("test-window", seconds=100))[1] >= 99, "a counter without an end gets one"
    await limits.forget("test-window")


@pytest.mark.parametrize(
    "written", ["ops1", "ops1:short", ":a long enough secret", "a:long enough secret,a:long enough other"]
)
def test_operators_written_wrongly_are_refused_without_their_secrets(
    environment: dict[str, str], written: str
) -> None:
    settings = IdentitySettings(platform_operators=written)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="platform operator") as refused:
        operators_of(settings)
    assert "enough" not in str(refused.value)
    assert operators_of(IdentitySettings(platform_operators="", platform_secret="one long secret")) == {  # type: ignore[arg-type]
        "platform": "one long secret"
    }
