"""Nothing that a service's own document allows, or forbids, makes it answer 500: schemathesis over every document.

Schemathesis makes the requests from the OpenAPI document; they are sent in this process, to the real database. The
number of examples is bounded and they are the same at each run; `HUZHU_FUZZ=50` asks for more.
"""

import os
import warnings
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from common.auth import Actor, ActorKind, all_permissions
from common.ids import new_id
from common.testing import Client, TestTenant
from huzhu.home import SERVICES

EXAMPLES = int(os.environ.get("HUZHU_FUZZ", "1"))
AWAY = 503
BOUNDED = settings(
    max_examples=EXAMPLES,
    database=None,
    derandomize=True,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def cases_of(operation: Any, mode: GenerationMode) -> list[Any]:
    """Return some requests of an operation: as its schema says, or as it forbids."""
    found: list[Any] = []

    @BOUNDED
    @given(operation.as_strategy(generation_mode=mode))
    def collect(case: Any) -> None:
        found.append(case)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            collect()
        except Exception as error:
            # An operation without parameters and body can be asked for in one way only: there is none to forbid.
            if mode is not GenerationMode.NEGATIVE:
                raise AssertionError(f"no requests could be made for {operation.label}") from error
    return found


def requests_of(client: Client) -> Iterator[dict[str, Any]]:
    schema = schemathesis.openapi.from_dict(client.app.openapi())
    for result in schema.get_all_operations():
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            for case in cases_of(result.ok(), mode):
                yield case.as_transport_kwargs(base_url="http://test")


def actors_of(tenant: TestTenant) -> list[Actor]:
    """A member of staff, a member and a handler, each with every permission there is, and nobody."""
    everything = {"permissions": frozenset(all_permissions()), "tenant_id": tenant.id, "tenant": tenant.code}
    return [
        Actor(kind=ActorKind.STAFF, id=new_id(), session_id=new_id(), **everything),
        Actor(kind=ActorKind.MEMBER, id=new_id(), person_id=new_id(), session_id=new_id(), **everything),
        Actor(kind=ActorKind.HANDLER, id=new_id(), unit_id=new_id(), session_id=new_id(), **everything),
    ]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("service", SERVICES)
async def test_no_request_makes_a_service_fail(
    service: str,
    identity: Client,
    enrollment: Client,
    claims: Client,
    notify: Client,
    ocr: Client,
    activities: Client,
    new_tenant: Callable[..., Awaitable[TestTenant]],
) -> None:
    clients = {
        "identity": identity, "enrollment": enrollment, "claims": claims, "notify": notify, "ocr": ocr,
        "activities": activities,
    }  # fmt: skip
    client = clients[service]
    tenant = await new_tenant(client.context)
    actors, failed, sent = actors_of(tenant), [], 0
    for number, request in enumerate(requests_of(client)):
        actor = actors[number % len(actors)]
        headers = {
            k: v
            for k, v in dict(request.pop("headers", None) or {}).items()
            if v.isprintable() and v.isascii()
        }
        headers |= client.mint.headers(actor, **{"X-Tenant": tenant.code})
        headers.setdefault("Idempotency-Key", str(new_id()))
        request.pop("cookies", None)
        content = request.pop("data", None)
        if isinstance(content, bytes | str):
            request["content"] = content
        try:
            answer = await client.http.request(headers=headers, **request)
        except (UnicodeError, ValueError, TypeError):
            continue  # what no client could send
        sent += 1
        if answer.status_code >= 500 and answer.status_code != AWAY:
            failed.append(f"{request['method']} {request['url']} -> {answer.status_code} {answer.text[:200]}")
    assert failed == [] and sent >= len(client.app.openapi()["paths"])
