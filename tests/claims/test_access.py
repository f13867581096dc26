"""Every endpoint: anonymous 401, without the permission 403, another tenant's rows 404."""

from typing import Any

import pytest
from fastapi.routing import APIRoute

from common.auth import ActorKind
from common.errors import NotFound
from common.http.deps import Requires
from common.ids import new_id

from .world import FUND, Person, World

ID = str(new_id())
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "/claims"): {"json": {"kind": "hospital"}},
    ("POST", "/invitations"): {"json": {"document_number": "320211198503120019", "kind": "critical-illness"}},
    ("POST", "/counter/claims"): {
        "json": {
            "kind": "accident", "insured": {"document_number": "320211198503120019", "name": "许晓霞"},
        },
    },
    ("POST", "/claims/search"): {"json": {"document_number": "320211198503120019"}},
    ("POST", "/queue/search"): {"json": {}},
    ("POST", "/queue/{claim_id}/assign"): {"json": {"handler_id": ID}},
    ("POST", "/claims/{claim_id}/appeals"): {"json": {"kind": "complaint", "words": "办理时间太长"}},
    ("POST", "/appeals/{appeal_id}/answer"): {"json": {"decision": "answered", "answer": "已向您致电说明"}},
    ("POST", "/claims/{claim_id}/feedback"): {"json": {"score": 5}},
    ("POST", "/samples/{sample_id}/verdict"): {"json": {"verdict": "confirmed"}},
    ("DELETE", "/claims/{claim_id}/stays/{stay}"): {"headers": {"If-Match": "1"}},
    ("PATCH", "/claims/{claim_id}/fields"): {
        "json": {"fields": [{"code": "hospital", "value": "无锡"}]}, "headers": {"If-Match": "1"},
    },
    ("POST", "/claims/{claim_id}/documents"): {"json": {"documents": ["l1.xxxxxxxxxx.yyyy"]}},
    ("POST", "/claims/{claim_id}/decisions"): {"json": {"node": "first-check", "action": "agree"}},
    ("POST", "/claims/{claim_id}/payee"): {"json": {"card_number": "6228480000000000", "bank_name": "农行"}},
    ("POST", "/payout-batches"): {"json": {"fund": FUND}},
    ("POST", "/statistics/claims/search"): {"json": {}},
    ("POST", "/statistics/claims/export"): {"json": {}},
    ("PUT", "/reconciliation/lines/{line_id}/explanation"): {"json": {"text": "银行利息"}},
    ("PUT", "/reconciliation/entries/{entry_id}/explanation"): {"json": {"text": "次日到账"}},
    ("POST", "/reconciliation/lines/{line_id}/matches"): {"json": {"entry_ids": [ID]}},
    ("POST", "/payout-batches/{batch_id}/cancel"): {"json": {"reason": "重复制单"}},
}  # fmt: skip


def all_routes() -> list[APIRoute]:
    from claims.appeals.endpoints import router as appeals
    from claims.deadlines.endpoints import router as deadlines
    from claims.feed.endpoints import router as feed
    from claims.feedback.endpoints import router as feedback
    from claims.intake.endpoints import router as intake
    from claims.ledger.endpoints import router as ledger
    from claims.payouts.batches.endpoints import router as batches
    from claims.payouts.endpoints import router as payouts
    from claims.reconciliation.endpoints import router as reconciliation
    from claims.review.endpoints import router as review
    from claims.sampling.endpoints import router as samples
    from claims.statistics.endpoints import router as statistics
    from claims.statistics.listing.endpoints import router as listing

    routers = (
        *(intake, review, appeals, feedback, samples, feed, deadlines),
        *(batches, payouts, ledger, reconciliation, statistics, listing),
    )
    return [route for router in routers for route in router.routes if isinstance(route, APIRoute)]


def routes() -> list[tuple[str, str]]:
    return [(method, route.path) for route in all_routes() for method in sorted(route.methods)]


def permissions_of(method: str, path: str) -> tuple[str, ...]:
    """The permissions of which one admits to a route, as its dependencies say."""
    route = next(route for route in all_routes() if route.path == path and method in route.methods)
    needed = [d.call for d in route.dependant.dependencies if isinstance(d.call, Requires)]
    assert needed, f"{method} {path} names no permission"
    return needed[0].permissions


def filled(path: str, claim: str = ID) -> str:
    for name in (
        *("claim_id", "batch_id", "file_id", "document_id", "payout_id", "line_id", "entry_id"),
        *("appeal_id", "sample_id"),
    ):
        path = path.replace("{" + name + "}", claim)
    return path.replace("{stay}", "1")


@pytest.mark.parametrize(("method", "path"), routes())
async def test_anonymous_and_without_permission(world: World, method: str, path: str) -> None:
    options = BODIES.get((method, path), {"content": b"x"} if method == "POST" else {})
    answer = await world.client.send(method, filled(path), None, **options)
    assert answer.status_code == 401, answer.text
    nobody = world.client.mint.actor(world.tenant, "notify.message.read_own")
    answer = await world.client.send(method, filled(path), nobody, **options)
    assert answer.status_code == 403 and answer.json()["code"] == "auth.not_permitted"


@pytest.mark.parametrize(("method", "path"), [route for route in routes() if "{" in route[1]])
async def test_another_tenants_row_is_not_there(world: World, other: World, method: str, path: str) -> None:
    person = await world.cover()
    if "claim_id" in path:
        row = (await world.hospital(person))["id"]
    elif "batch_id" in path or "payout_id" in path or "/reconciliation" in path:
        await world.fund()
        await world.approved(person)
        row = (await world.released())["id"]
        if "line_id" in path or "entry_id" in path:
            row = await world.bank_difference("lines" if "line_id" in path else "entries")
        elif "payout_id" in path:
            row = (await world.client.get("/payouts", world.staff("payout_maker"))).json()["items"][0]["id"]
    elif "appeal_id" in path:
        row = (await world.lodged(person, await world.submitted(person, verified=False))).json()["id"]
    elif "sample_id" in path:
        await world.submitted(person)
        row = (await world.client.get("/samples", world.role("claims_reviewer"))).json()["items"][0]["id"]
    else:
        row = (await world.feed(b"line_id,id_number,name\n1,x,y\n")).json()["id"]
    options = BODIES.get((method, path), {"content": b"x"} if method == "POST" else {})
    actor = world.client.mint.actor(other.tenant, *permissions_of(method, path))
    answer = await world.client.send(method, filled(path, row), actor, **options)
    assert answer.status_code == 404 and answer.json()["code"] == NotFound.code, answer.text


WHOLE = ("/payout-batches", "/ledger", "/reconciliation", "/statistics/funds")


@pytest.mark.parametrize(("method", "path"), [route for route in routes() if route[1].startswith(WHOLE)])
async def test_batches_and_books_are_the_whole_unions(world: World, method: str, path: str) -> None:
    """A batch holds payouts of every branch, a fund's book the money of all: neither a branch nor a unit reads it."""
    options = BODIES.get((method, path), {"content": b"x"} if method == "POST" else {})
    scopes: tuple[dict[str, Any], ...] = (
        {"org_path": "/binhu/"},
        {"kind": ActorKind.HANDLER, "unit_id": world.unit_id},
    )
    for scope in scopes:
        actor = world.client.mint.actor(world.tenant, *permissions_of(method, path), **scope)
        answer = await world.client.send(method, filled(path), actor, **options)
        assert answer.status_code == 403 and answer.json()["code"] == "auth.not_permitted", answer.text


async def test_another_member_and_another_unit_see_nothing(world: World, person: Person) -> None:
    claim = await world.hospital(person)
    stranger = await world.cover("王芳")
    assert (await world.client.get(f"/claims/{claim['id']}", stranger.actor)).status_code == 404
    assert (await world.submit(stranger, claim)).status_code == 404
    assert (await world.client.get("/claims", stranger.actor)).json()["items"] == []
    assert len((await world.client.get("/claims", person.actor)).json()["items"]) == 1


async def test_staff_see_their_branch(world: World, person: Person) -> None:
    claim = await world.submitted(person, verified=False)
    near, far = (world.staff("claims_checker", org_path=path) for path in ("/binhu/", "/xinwu/"))
    assert len((await world.client.get("/queue", near)).json()["items"]) == 1
    assert (await world.client.get("/queue", far)).json()["items"] == []
    assert (await world.client.get(f"/claims/{claim['id']}", far)).status_code == 404
    assert (await world.decide(far, claim, "first-check")).status_code == 404
