"""Every route of identity, without exception: who has not signed in and who lacks the permission never get behind it.

The tests beside this one try each route with another unit's, another union's and the right person; here no route can
be forgotten.
"""

from uuid import UUID

import pytest

from common.auth import ActorKind
from common.ids import new_id
from common.testing import Client

from ..architecture.test_routes import PROBES, permissions_of, routes_of
from .union import Union

KINDS = (ActorKind.STAFF, ActorKind.HANDLER, ActorKind.MEMBER)


def filled(path: str, ids: UUID) -> str:
    """Return a route's path with something in the place of each parameter."""
    parts = ["x" if part.startswith("{") and not part.endswith("_id}") else part for part in path.split("/")]
    return "/".join(str(ids) if part.startswith("{") else part for part in parts)


def guarded(client: Client) -> list[tuple[str, str]]:
    """Return method and path of every route that names a permission."""
    return [
        (name.split(" ")[0], filled(route.path, new_id()))
        for name, route in routes_of({"identity": client.app})
        if route.path not in PROBES and list(permissions_of(route.dependant))
    ]


async def test_without_a_token_none_answers(identity: Client) -> None:
    routes = guarded(identity)
    assert len(routes) > 100
    answers = {route: await identity.send(*route, json={}) for route in routes}
    assert {route: answer.status_code for route, answer in answers.items() if answer.status_code != 401} == {}


@pytest.mark.parametrize("kind", KINDS)
async def test_without_the_permission_none_answers(identity: Client, union: Union, kind: ActorKind) -> None:
    scope = {ActorKind.HANDLER: {"unit_id": new_id()}, ActorKind.MEMBER: {"person_id": new_id()}}
    nobody = union.actor("nothing.at.all", kind=kind, **scope.get(kind, {}))
    answers = {route: await identity.send(*route, nobody, json={}) for route in guarded(identity)}
    behind = {route: answer.status_code for route, answer in answers.items() if answer.status_code != 403}
    assert behind == {}
