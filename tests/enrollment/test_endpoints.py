"""Every endpoint: anonymous, without the permission, of another tenant, of another unit."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from common.auth import Actor, ActorKind
from common.ids import new_id

from .world import REVIEW, WRITE, World, person


@dataclass(frozen=True)
class Route:
    """A route, its permission, a body that fits its schema, and whether it names an order."""

    method: str
    path: str
    permission: str
    body: dict[str, Any] | None = None
    happy: int = 200
    named: bool = field(default=True)


PERSON = {"name": "王五"}
ROUTES = [
    Route("GET", "/products/three-in-one/roster-template", "enrollment.order.write", named=False),
    Route("POST", "/orders", "enrollment.order.write", {"product": "three-in-one"}, 201, named=False),
    Route("GET", "/orders", "enrollment.order.read", named=False),
    Route("GET", "/orders/{order}", "enrollment.order.read"),
    Route("DELETE", "/orders/{order}", "enrollment.order.write", happy=204),
    Route("POST", "/orders/{order}/roster", "enrollment.order.write"),
    Route("GET", "/orders/{order}/roster", "enrollment.order.read"),
    Route("GET", "/orders/{order}/people", "enrollment.order.read"),
    Route("POST", "/orders/{order}/people", "enrollment.order.write", PERSON, 422),
    Route("POST", "/orders/{order}/people/search", "enrollment.order.read", PERSON),
    Route("POST", "/orders/{order}/people/delete", "enrollment.order.write", {"all": True}),
    Route("GET", "/orders/{order}/people/export", "enrollment.export"),
    Route("GET", "/orders/{order}/forms/admission", "enrollment.order.read", happy=409),
    Route("POST", "/orders/{order}/forms/rosters", "enrollment.order.read", {}, 409),
    Route("POST", "/orders/{order}/recheck", "enrollment.order.write"),
    Route("POST", "/orders/{order}/people/lookup", "enrollment.order.write", {"member_number": "M1"}, 404),
    Route("POST", "/orders/{order}/people/from-register", "enrollment.order.write", {}),
    Route("POST", "/orders/{order}/people/from-last-term", "enrollment.order.write", {}),
    Route("POST", "/orders/{order}/amendments", "enrollment.order.write", {}, 409),
    Route("POST", "/orders/{order}/leavers", "enrollment.order.write", {"document_numbers": ["1"]}, 409),
    Route("GET", "/orders/{order}/leavers", "enrollment.order.read"),
    Route("POST", "/orders/found", "enrollment.order.read", {}, named=False),
    Route("POST", "/orders/found/summary", "enrollment.order.read", {}, named=False),
    Route("GET", "/consents", "enrollment.order.read", named=False),
    Route("POST", "/orders/{order}/submit", "enrollment.order.write", {}, 409),
    Route("POST", "/orders/{order}/submissions", "enrollment.order.write", {}, 202),
    Route("POST", "/orders/{order}/approve", "enrollment.order.review", {}, 409),
    Route("POST", "/orders/{order}/return", "enrollment.order.review", {"reason": "不符"}, 409),
    Route("POST", "/orders/{order}/payment", "enrollment.payment.report", happy=409),
    Route("GET", "/orders/{order}/payment/papers", "enrollment.order.read"),
    Route("POST", "/orders/{order}/payment/confirm", "enrollment.payment.confirm", happy=409),
    Route("POST", "/orders/{order}/payment/refuse", "enrollment.payment.confirm", {"reason": "不符"}, 409),
    Route("GET", "/policies", "enrollment.policy.read", named=False),
    Route("POST", "/policies/search", "enrollment.policy.read", {}, named=False),
    Route("GET", "/policies/mine", "enrollment.policy.read", named=False),
    Route("GET", "/policies/export", "enrollment.export", named=False),
    Route("POST", "/policies/export", "enrollment.export", {}, named=False),
    Route("POST", "/snapshots", "events.replay", happy=202, named=False),
]
each = pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")


def options(route: Route, world: World) -> dict[str, Any]:
    """What a request to the route carries."""
    if route.path.endswith("/roster") and route.method == "POST":
        return {"content": world.roster([person(1)])}
    body = world.payment("120.00") if route.path.endswith("/payment") else route.body
    return {"json": body} if body is not None else {}


@each
async def test_anonymous(world: World, route: Route) -> None:
    path = route.path.format(order=new_id())
    answer = await world.client.send(route.method, path, **options(route, world))
    assert (answer.status_code, answer.json()["code"]) == (401, "auth.not_signed_in")


@each
async def test_wrong_permission(world: World, route: Route) -> None:
    others = {*WRITE, *REVIEW, "enrollment.payment.confirm", "events.replay"} - {route.permission}
    actor = world.client.mint.actor(world.tenant, *others, kind=ActorKind.HANDLER, unit_id=world.unit_id)
    order = await world.order()
    answer = await world.client.send(
        route.method, route.path.format(order=order), actor, **options(route, world)
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "auth.not_permitted")


@pytest.mark.parametrize("route", [r for r in ROUTES if r.named], ids=lambda r: f"{r.method} {r.path}")
async def test_of_another_tenant_or_unit(world: World, other: World, route: Route) -> None:
    order = await world.order()
    mint = world.client.mint
    strangers = [
        mint.actor(other.tenant, route.permission, roles=frozenset({"reviewer", "finance"})),
        mint.actor(other.tenant, route.permission, kind=ActorKind.HANDLER, unit_id=world.unit_id),
        mint.actor(world.tenant, route.permission, kind=ActorKind.HANDLER, unit_id=new_id()),
        mint.actor(world.tenant, route.permission, kind=ActorKind.HANDLER),
        mint.actor(world.tenant, route.permission, kind=ActorKind.MEMBER, person_id=new_id()),
        mint.actor(world.tenant, route.permission, org_path="/xishan/"),
    ]
    for stranger in strangers:
        answer = await world.client.send(
            route.method, route.path.format(order=order), stranger, **options(route, world)
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "resource.not_found"), stranger
    assert (await world.state(order))["status"] == "draft"


@each
async def test_with_the_permission(world: World, route: Route) -> None:
    actor = world.client.mint.actor(
        world.tenant,
        route.permission,
        kind=ActorKind.HANDLER,
        unit_id=world.unit_id,
        roles=frozenset({"reviewer", "finance"}),
    )
    order = await world.order()
    answer = await world.client.send(
        route.method, route.path.format(order=order), actor, **options(route, world)
    )
    assert answer.status_code == route.happy, answer.text


async def test_products_are_public(world: World) -> None:
    answer = await world.client.get("/products", tenant=world.tenant.code)
    (found,) = answer.json()["items"]
    assert (found["code"], found["price_per_share"], found["offered"]) == ("three-in-one", "120.00", True)
    assert found["introduction"] and found["title_en"]
    assert (await world.client.get("/products", tenant="nobody")).json()["code"] == "tenant.unknown"


async def test_staff_see_their_branch_only(world: World) -> None:
    await world.order()
    for path, found in (("", 1), ("/binhu/", 1), ("/bin/", 0), ("/xishan/", 0), ("/binhu/a/", 0)):
        staff = world.client.mint.actor(world.tenant, "enrollment.order.read", org_path=path)
        items = (await world.client.get("/orders", staff)).json()["items"]
        assert len(items) == found, path


async def test_a_double_tap_makes_one_order(world: World) -> None:
    key = str(new_id())
    body = {"product": "three-in-one"}
    answers = [await world.client.post("/orders", world.handler, once=key, json=body) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len((await world.client.get("/orders", world.handler)).json()["items"]) == 1


async def test_order_numbers_count_up_within_a_second(world: World) -> None:
    import asyncio

    orders = await asyncio.gather(*[world.order() for _ in range(8)])
    numbers = {(await world.state(order))["number"] for order in orders}
    assert len(numbers) == 8 and all(len(number) == 17 and number.isdigit() for number in numbers)


async def test_unknown_products_and_callers_without_unit(world: World) -> None:
    answer = await world.client.post("/orders", world.handler, json={"product": "nothing"})
    assert (answer.status_code, answer.json()["code"]) == (404, "product.unknown")
    staff = world.client.mint.actor(world.tenant, "enrollment.order.write")
    answer = await world.client.post("/orders", staff, json={"product": "three-in-one"})
    assert (answer.status_code, answer.json()["code"]) == (403, "order.unit_required")
    body = {"product": "three-in-one", "requested_start": "2027-01-01"}
    answer = await world.client.post("/orders", world.handler, json=body)
    assert answer.json()["code"] == "order.start_not_allowed"


async def test_pages_have_a_cursor(world: World) -> None:
    for _ in range(3):
        await world.order()
    first = (await world.client.get("/orders?limit=2", world.handler)).json()
    second = (await world.client.get(f"/orders?limit=2&cursor={first['next_cursor']}", world.handler)).json()
    ids = [row["id"] for row in first["items"] + second["items"]]
    assert len(ids) == 3 == len(set(ids)) and second["next_cursor"] is None


@pytest.mark.feature("C.13")
async def test_questions_are_told_to_those_they_are_written_for(world: World, other: World) -> None:
    """How to upload a roster is for handlers: members, visitors and another union's handlers do not read it."""

    async def asked(reader: Actor | None = None) -> list[dict[str, str]]:
        answer = await world.client.get("/products", reader, tenant=world.tenant.code)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"][0]["questions"])

    for_handlers = await asked(world.handler)
    assert [question["code"] for question in for_handlers] == ["faq-upload", "faq-not-insurable"]
    assert all(question["body"] and question["body_en"] for question in for_handlers)
    assert await asked() == []
    assert await asked(world.client.mint.actor(world.tenant, kind=ActorKind.MEMBER)) == []
    assert await asked(other.handler) == []


@pytest.mark.feature("C.13")
async def test_a_product_introduces_itself(world: World) -> None:
    """Introduction, frequent questions, who may join, papers and refund: in both languages, for everybody."""
    (found,) = (await world.client.get("/products", tenant=world.tenant.code)).json()["items"]
    assert found["eligibility"]["sexes"] == ["female", "male"]
    assert {age["sex"]: age["at_least"] for age in found["eligibility"]["ages"]} == {"female": 16, "male": 16}
    assert [paper["code"] for paper in found["papers"]] == ["stamped"]
    assert (found["refund_rule"], found["amendment"]) == ("full_before_start", "months")
    assert len(found["benefits"]) == 4 and all(b["title"] and b["title_en"] for b in found["benefits"])
    named = {b["code"]: b["illnesses"] for b in found["benefits"] if b["illnesses"]}
    assert list(named) == ["critical-illness"]
    assert {"code": "malignant-tumour", "severity": "severe"}.items() <= named["critical-illness"][0].items()
    assert all(
        float(one["amount"]) > 0 and one["title"] and one["title_en"] for one in named["critical-illness"]
    )
    assert (await world.client.get("/products", tenant="nobody")).status_code == 404
