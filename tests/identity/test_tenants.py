"""Packs: applied, changed by two people, acknowledged; the public facts of a union."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from common.auth import ActorKind
from common.clock import now, set_to
from common.consumer import ConsumerContext
from common.contracts.identity import TenantConfigured
from common.contracts.pack import parse_pack
from common.contracts.tenancy import PACK_INSTALLED
from common.events.outbox import wrap
from common.ids import new_id
from common.tenancy import current_pack
from common.testing import Client
from identity.consumers import SUBSCRIPTIONS
from identity.tenants.models import OrgNode

from .union import ROOT, Union, a_pack, apply, new_union, sign_in_operator

CHANGE = {"read_seconds: 15": "read_seconds: 20"}


async def acknowledge(union: Union, version: int, *services: str, times: int = 1) -> None:
    """Deliver acknowledgements as the consumer runtime would, inbox apart."""
    handlers = {s.event.topic(): s for s in SUBSCRIPTIONS if s.event in PACK_INSTALLED.values()}
    for name in services or tuple(PACK_INSTALLED):
        event = PACK_INSTALLED[name](code=union.code, pack_version=version)
        for _ in range(times):
            async with union.client.context.db.transaction(union.id) as session:
                context = ConsumerContext(union.client.context, wrap(event, union.id))
                await handlers[name].handler(session, event, context)


@pytest.mark.feature("N.01")
async def test_a_first_pack_makes_a_tenant_and_tells_all_services(identity: Client, union: Union) -> None:
    told = await union.events(TenantConfigured)
    assert [(e.code, e.pack_version, len(e.keys)) for e in told] == [(union.code, 1, 1)]
    async with identity.context.db.transaction(union.id) as session:
        assert (await current_pack(session)).code == union.code
        paths = {n.code: n.path for n in (await session.execute(select(OrgNode))).scalars()}
    assert paths["binhu"] == "/binhu/" and paths["root"] == "/"


@pytest.mark.feature("N.01")
async def test_the_same_pack_again_changes_nothing(identity: Client, union: Union) -> None:
    again = await apply(identity, union.code, union.source)
    assert again.json()["version"] == 1 and again.json()["changed"] is False
    assert len(await union.events(TenantConfigured)) == 1


@pytest.mark.feature("N.01")
async def test_a_changed_pack_waits_for_a_second_person(identity: Client, union: Union) -> None:
    changed = await apply(identity, union.code, a_pack(union.code, union.id, **CHANGE))
    assert (changed.json()["version"], changed.json()["status"]) == (2, "proposed")
    address = f"/tenants/{union.code}/pack/2/consent"
    same = await identity.post(address, headers=await sign_in_operator(identity, "ops1"))
    assert (same.status_code, same.json()["code"]) == (403, "pack.same_person")
    async with identity.context.db.transaction(union.id) as session:
        assert (await current_pack(session)).registration.commitment.read_seconds == 15
    second = await sign_in_operator(identity, "ops2")
    consented = await identity.post(address, headers=second)
    assert consented.json()["status"] == "published"
    async with identity.context.db.transaction(union.id) as session:
        assert (await current_pack(session)).registration.commitment.read_seconds == 20
    assert [e.pack_version for e in await union.events(TenantConfigured)] == [1, 2]
    twice = await identity.post(address, headers=second)
    assert (twice.status_code, twice.json()["code"]) == (409, "pack.not_proposed")
    missing = await identity.post(f"/tenants/{union.code}/pack/9/consent", headers=second)
    assert missing.status_code == 404


@pytest.mark.feature("N.01")
async def test_who_is_to_consent_reads_what_changes_and_may_refuse(identity: Client, union: Union) -> None:
    changed = a_pack(union.code, union.id, **CHANGE)
    await apply(identity, union.code, changed)
    first, second = [await sign_in_operator(identity, name) for name in ("ops1", "ops2")]
    address = f"/tenants/{union.code}/pack/2"
    told = (await identity.get(f"{address}/changes", headers=second)).json()
    assert (told["against"], told["number"]) == (1, 1)
    for who, mine in ((first, True), (second, False)):
        status = (await identity.get(f"/tenants/{union.code}/pack/status", headers=who)).json()
        assert (status["status"], status["mine"]) == ("proposed", mine)
    (change,) = told["items"]
    assert (change["path"], change["before"], change["after"]) == (
        "registration.commitment.read_seconds",
        "15",
        "20",
    )
    assert change["words"] == "注册 › 承诺书 › 须阅读的秒数"
    for _ in range(2):
        refused = await identity.post(f"{address}/refusal", headers=second)
        assert (refused.status_code, refused.json()["status"]) == (200, "superseded")
    late = await identity.post(f"{address}/consent", headers=second)
    assert late.json()["code"] == "pack.not_proposed"
    status = (await identity.get(f"/tenants/{union.code}/pack/status", headers=first)).json()
    assert (status["version"], status["status"], status["waiting"]) == (2, "superseded", [])
    again = (await apply(identity, union.code, changed)).json()
    assert (again["version"], again["status"], again["changed"]) == (3, "proposed", True)
    own = await identity.post(f"/tenants/{union.code}/pack/3/refusal", headers=first)
    assert own.json()["status"] == "superseded"
    live = await identity.post(f"/tenants/{union.code}/pack/1/refusal", headers=first)
    assert (live.status_code, live.json()["code"]) == (409, "pack.not_proposed")
    for path, method in (("9/changes", "GET"), ("9/refusal", "POST")):
        missing = await identity.send(method, f"/tenants/{union.code}/pack/{path}", headers=first)
        assert missing.status_code == 404
    assert [e.pack_version for e in await union.events(TenantConfigured)] == [1]


async def test_a_newer_proposal_takes_the_place_of_an_older(identity: Client, union: Union) -> None:
    await apply(identity, union.code, a_pack(union.code, union.id, **CHANGE))
    newer = a_pack(union.code, union.id, **{"read_seconds: 15": "read_seconds: 30"})
    assert (await apply(identity, union.code, newer)).json()["version"] == 3
    late = await identity.post(
        f"/tenants/{union.code}/pack/2/consent", headers=await sign_in_operator(identity, "ops2")
    )
    assert late.json()["code"] == "pack.not_proposed"


@pytest.mark.feature("N.01")
async def test_a_pack_is_live_when_every_service_has_it(identity: Client, union: Union) -> None:
    headers = await sign_in_operator(identity, "ops1")
    address = f"/tenants/{union.code}/pack/status"
    status = (await identity.get(address, headers=headers)).json()
    assert status["live"] is False and status["waiting"] == sorted(PACK_INSTALLED)
    await acknowledge(union, 1, "claims", "notify")
    status = (await identity.get(address, headers=headers)).json()
    assert status["acknowledged"] == ["claims", "notify"] and not status["live"]
    await acknowledge(union, 1, times=2)
    status = (await identity.get(address, headers=headers)).json()
    assert status["live"] is True and status["live_version"] == 1 and status["waiting"] == []


@pytest.mark.feature("N.01")
async def test_faults_of_a_pack_are_listed_with_their_places(identity: Client, union: Union) -> None:
    broken = union.source.replace("read_seconds: 15", "read_seconds: many")
    answer = await apply(identity, union.code, broken)
    assert answer.status_code == 422 and answer.json()["code"] == "pack.invalid"
    fault = answer.json()["errors"][0]
    assert fault["path"].endswith("read_seconds") and fault["line"] > 1 and fault["zh"]


async def test_code_and_id_of_a_tenant_never_change(identity: Client, union: Union) -> None:
    other_id = await apply(identity, union.code, a_pack(union.code, new_id()))
    other_code = await apply(identity, f"{union.code}x", a_pack(f"{union.code}x", union.id))
    assert {a.json()["code"] for a in (other_id, other_code)} == {"pack.tenant_identity"}
    elsewhere = await apply(identity, "elsewhere", union.source)
    assert elsewhere.json()["code"] == "pack.other_tenant"


async def test_two_first_packs_at_once_make_one_tenant(identity: Client) -> None:
    import asyncio

    tenant_id = new_id()
    code = f"u{tenant_id.hex[-20:]}"
    answers = await asyncio.gather(*[apply(identity, code, a_pack(code, tenant_id)) for _ in range(4)])
    assert [a.status_code for a in answers] == [200] * 4
    assert sorted(a.json()["changed"] for a in answers) == [False, False, False, True]


@pytest.mark.feature("N.02")
async def test_only_operators_and_the_tenants_own_admins_reach_its_pack(
    identity: Client, union: Union, other: Union
) -> None:
    address = f"/tenants/{union.code}/pack"
    body = {"yaml": union.source}
    admin = "identity.tenant.manage"
    assert (await identity.send("PUT", address, json=body)).status_code == 401
    assert (await identity.send("PUT", address, union.actor("x"), json=body)).status_code == 403
    assert (await identity.send("PUT", address, other.actor(admin), json=body)).status_code == 404
    assert (await identity.send("PUT", address, union.actor(admin), json=body)).status_code == 200
    for path in ("status", "1/changes", "1/consent", "1/refusal"):
        method, path = "POST" if path.endswith(("consent", "refusal")) else "GET", f"{address}/{path}"
        assert (await identity.send(method, path)).status_code == 401
        assert (await identity.send(method, path, union.actor("x"))).status_code == 403
        assert (await identity.send(method, path, other.actor(admin))).status_code == 404
    unknown = await identity.get(
        "/tenants/nobody/pack/status", headers=await sign_in_operator(identity, "ops1")
    )
    assert unknown.status_code == 404


async def test_a_member_of_the_union_shows_itself_to_everybody(identity: Client, union: Union) -> None:
    shown = (await identity.get("/tenant", tenant=union.code)).json()
    assert shown["id"] == str(union.id) and shown["registration"]["insurance_code_lengths"] == [6, 8]
    assert shown["offers"] == {
        "terminations": False,
        "orders": True,
        "consents": False,
        "individual": False,
        "dues": False,
        "online_payments": False,
    }
    nodes = (await identity.get("/organisation", tenant=union.code)).json()["nodes"]
    assert nodes[0]["code"] == "root" and {"binhu", "liangxi"} <= {n["code"] for n in nodes}
    privacy = (await identity.get("/privacy-statement", tenant=union.code)).json()
    assert privacy["version"] == 1 and privacy["text"]
    english = await identity.get("/privacy-statement", tenant=union.code, headers={"Accept-Language": "en"})
    assert english.json()["title"] != privacy["title"]
    assert (await identity.get("/tenant", tenant="nobody-here")).status_code == 404
    assert (await identity.get("/tenant")).status_code == 422


@pytest.mark.feature("P.03")
async def test_two_admins_of_a_union_change_its_pack(identity: Client, union: Union) -> None:
    one, two = (union.actor("identity.tenant.manage", kind=ActorKind.STAFF) for _ in range(2))
    body = {"yaml": a_pack(union.code, union.id, **CHANGE)}
    assert (await identity.send("PUT", f"/tenants/{union.code}/pack", one, json=body)).json()[
        "status"
    ] == "proposed"
    address = f"/tenants/{union.code}/pack/2/consent"
    assert (await identity.post(address, one)).status_code == 403
    assert (await identity.post(address, two)).json()["status"] == "published"
    log = (await identity.get("/audit?limit=3", union.actor("audit.read"))).json()["items"]
    told = [(entry["action"], entry["actor_id"]) for entry in log]
    assert told[:2] == [("pack.consented", str(two.id)), ("pack.proposed", str(one.id))]
    assert told[2][0] == "pack.installed"


async def test_a_retired_branch_takes_no_units_and_comes_back(identity: Client, union: Union) -> None:
    line = next(row for row in union.source.splitlines() if "code: jingkai" in row)
    without = a_pack(union.code, union.id, **{f"{line}\n": ""})
    await apply(identity, union.code, without)
    await identity.post(
        f"/tenants/{union.code}/pack/2/consent", headers=await sign_in_operator(identity, "ops2")
    )
    nodes = (await identity.get("/organisation", tenant=union.code)).json()["nodes"]
    assert "jingkai" not in {n["code"] for n in nodes}
    await apply(identity, union.code, union.source)
    await identity.post(
        f"/tenants/{union.code}/pack/3/consent", headers=await sign_in_operator(identity, "ops2")
    )
    nodes = (await identity.get("/organisation", tenant=union.code)).json()["nodes"]
    assert "jingkai" in {n["code"] for n in nodes}


async def test_unions_do_not_share_anything(identity: Client) -> None:
    first, second = await new_union(identity), await new_union(identity)
    assert (await first.keys()).blind("mobile", "1") != (await second.keys()).blind("mobile", "1")


@pytest.mark.feature("N.01")
@pytest.mark.parametrize("path", sorted((ROOT / "tenants").glob("*.yaml")), ids=lambda path: path.stem)
async def test_every_pack_that_ships_is_applied(identity: Client, path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    pack = parse_pack(source)
    first, again = [await apply(identity, pack.code, source) for _ in range(2)]
    assert first.json()["status"] == "published" and again.json()["changed"] is False
    nodes = (await identity.get("/organisation", tenant=pack.code)).json()["nodes"]
    assert len(nodes) == 1 + len(pack.organisation.branches)
    for kind in ("handler", "member"):
        if getattr(pack.registration.sign_in, kind):
            assert pack.role(kind)


async def test_everybody_may_see_which_unions_there_are(identity: Client, union: Union) -> None:
    answer = await identity.get("/tenants")
    mine = [item for item in answer.json()["items"] if item["code"] == union.code]
    assert answer.status_code == 200 and len(mine) == 1
    assert set(mine[0]) == {"code", "name", "short_name", "colour"}


@pytest.mark.feature("N.07")
async def test_a_new_key_is_told_to_all_services_and_seals_from_then_on(
    identity: Client, union: Union
) -> None:
    headers = await sign_in_operator(identity, "ops1")
    address, key = f"/tenants/{union.code}/keys", {"Idempotency-Key": str(new_id())}
    assert (await identity.post(address)).status_code == 401
    assert (await identity.post(address, union.actor("x"))).status_code == 403
    admin = await identity.post(address, union.actor("identity.tenant.manage"))
    assert admin.status_code == 404, "a union's own admins do not replace its key"
    assert (await identity.post("/tenants/nobody/keys", headers=headers)).status_code == 404
    for _ in range(2):
        made = await identity.send("POST", address, headers={**headers, **key})
        assert (made.status_code, made.json()["version"]) == (201, 2), "a second tap makes no third key"
    *_, told = await union.events(TenantConfigured)
    assert [one.version for one in told.keys] == [1, 2]
    operators = [await sign_in_operator(identity, name) for name in ("ops1", "ops2")]
    with set_to(now() + timedelta(minutes=2)):
        both = await asyncio.gather(*(identity.post(address, headers=own) for own in operators))
        assert [one.status_code for one in both] == [201, 201], [one.text for one in both]
        assert [one.json()["version"] for one in both] == [3, 3], "asked at the same time: one key"
    *_, told = await union.events(TenantConfigured)
    assert [one.version for one in told.keys] == [1, 2, 3]
    keys = await union.keys()
    assert keys.newest == 3 and keys.seal("x", context="words").startswith("s1.3.")
