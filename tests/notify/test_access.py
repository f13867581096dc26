"""Who may do what in notify: nobody without a token, without the permission, or in another union."""

import re
from collections.abc import Awaitable, Callable

import pytest

from common.ids import new_id
from common.testing import Client, TestTenant
from notify.auth import PUBLIC_ROUTES

READ_OWN, READ = "notify.message.read_own", "notify.message.read"
CONTENT, HOOK = "notify.content.manage", "notify.webhook.manage"
TEMPLATE, PROPOSE, APPROVE = "notify.template.manage", "notify.bulk.propose", "notify.bulk.approve"
ROUTES = [
    ("GET", "/messages", {READ_OWN}),
    ("GET", "/messages/unread-count", {READ_OWN}),
    ("POST", "/messages/read-all", {READ_OWN}),
    ("GET", "/messages/{id}", {READ_OWN}),
    ("POST", "/messages/{id}/read", {READ_OWN}),
    ("GET", "/catalogue", {READ_OWN}),
    ("GET", "/deliveries", {READ}),
    ("GET", "/deliveries/summary", {READ}),
    ("POST", "/pictures", {CONTENT}),
    ("POST", "/contents", {CONTENT}),
    ("GET", "/contents", {CONTENT}),
    ("POST", "/contents/preview", {CONTENT}),
    ("PUT", "/contents/order", {CONTENT}),
    ("GET", "/contents/{id}", {CONTENT}),
    ("PUT", "/contents/{id}", {CONTENT}),
    ("DELETE", "/contents/{id}", {CONTENT}),
    ("POST", "/contents/{id}/publish", {CONTENT}),
    ("POST", "/contents/{id}/withdraw", {CONTENT}),
    ("POST", "/contents/{id}/pin", {CONTENT}),
    ("GET", "/contents/{id}/revisions", {CONTENT}),
    ("POST", "/contents/{id}/revisions/1/restore", {CONTENT}),
    ("GET", "/templates", {TEMPLATE}),
    ("POST", "/templates/preview", {TEMPLATE}),
    ("GET", "/templates/history", {TEMPLATE}),
    ("POST", "/bulk-messages/estimate", {PROPOSE, APPROVE}),
    ("GET", "/bulk-messages", {PROPOSE, APPROVE}),
    ("GET", "/bulk-messages/{id}", {PROPOSE, APPROVE}),
    ("POST", "/bulk-messages/{id}/stop", {PROPOSE, APPROVE}),
    ("GET", "/webhooks/event-types", {HOOK}),
    ("POST", "/webhooks", {HOOK}),
    ("GET", "/webhooks", {HOOK}),
    ("GET", "/webhooks/{id}", {HOOK}),
    ("PUT", "/webhooks/{id}", {HOOK}),
    ("DELETE", "/webhooks/{id}", {HOOK}),
    ("POST", "/webhooks/{id}/pause", {HOOK}),
    ("POST", "/webhooks/{id}/resume", {HOOK}),
    ("POST", "/webhooks/{id}/secret", {HOOK}),
    ("POST", "/webhooks/{id}/test", {HOOK}),
    ("GET", "/webhooks/{id}/deliveries", {HOOK}),
    ("GET", "/webhooks/{id}/deliveries/{id}", {HOOK}),
    ("POST", "/webhooks/{id}/deliveries/{id}/replay", {HOOK}),
    ("POST", "/webhooks/{id}/replay", {HOOK}),
]
EVERYTHING = {READ_OWN, READ, CONTENT, HOOK, TEMPLATE, PROPOSE, APPROVE}
COMMON = ("/tasks", "/audit", "/proposals", "/healthz", "/readyz", "/metrics")


@pytest.fixture
async def tenant(notify: Client, new_tenant: Callable[..., Awaitable[TestTenant]]) -> TestTenant:
    return await new_tenant(notify.context)


def address(path: str) -> str:
    return re.sub(r"\{id\}", lambda _: str(new_id()), path)


def template(path: str) -> str:
    return re.sub(r"\{[a-z_]+\}|/1/", lambda found: "/{}/" if found[0] == "/1/" else "{}", path)


def test_every_route_stands_here_or_is_public(notify: Client) -> None:
    """A route that is added is added to the list, or to those that need no sign-in."""
    known = {(method, template(path)) for method, path, _ in ROUTES}
    known |= {(method, template(path)) for method, path in PUBLIC_ROUTES}
    found = {
        (method.upper(), template(path))
        for path, item in notify.app.openapi()["paths"].items()
        if not path.startswith(COMMON)
        for method in item
    }
    assert found == known


async def test_nobody_enters_without_a_token_or_with_another_permission(
    notify: Client, tenant: TestTenant
) -> None:
    for method, path, permissions in ROUTES:
        anonymous = await notify.send(method, address(path))
        assert anonymous.status_code == 401, (method, path, anonymous.text)
        other = notify.mint.actor(tenant, *(EVERYTHING - permissions), person_id=new_id())
        refused = await notify.send(method, address(path), other)
        assert (refused.status_code, refused.json()["code"]) == (403, "auth.not_permitted"), (method, path)


async def test_what_is_not_there_is_not_found_for_who_may(notify: Client, tenant: TestTenant) -> None:
    """What another union has is nothing to this one: an id that nobody has and another's are told alike."""
    for method, path, permissions in ROUTES:
        if method != "GET" or "{id}" not in path:
            continue
        actor = notify.mint.actor(tenant, *permissions)
        assert (await notify.send(method, address(path), actor)).status_code == 404, path
