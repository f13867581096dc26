"""Snapshots and the worker's jobs."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from common.clock import now, set_to
from common.contracts.identity import (
    MembersAdmitted,
    StaffChanged,
    StaffSnapshot,
    TenantConfigured,
    UnitsSnapshot,
)
from common.ids import new_id
from identity.accounts.models import SignInSession
from identity.codes.models import VerificationCode
from identity.snapshots import service
from identity.snapshots.models import SnapshotRequest
from identity.worker import create_worker, forget_expired

from .people import deliver, enrolled
from .test_staff import made
from .union import Union, an_id_number, sign_in_operator

REPLAY = "events.replay"
pytestmark = pytest.mark.feature("N.06")


async def ask(union: Union, fact: str, **options):
    return await union.client.post("/snapshots", union.actor(REPLAY), json={"fact": fact}, **options)


async def test_facts_are_sent_again_in_batches(union: Union, monkeypatch: pytest.MonkeyPatch) -> None:
    unit = await union.register_unit()
    people = [("张伟", an_id_number()) for _ in range(7)]
    await deliver(union, await enrolled(union, people, unit_id=unit["unit_id"]))
    await union.register_unit()
    monkeypatch.setattr(service, "BATCH", 3)
    for fact in ("members", "units", "tenants"):
        assert (await ask(union, fact)).status_code == 202
    await service.send_snapshots(union.client.context, union.id)
    members = (await union.events(MembersAdmitted))[1:]
    assert [len(e.members) for e in members] == [3, 3, 1]
    assert len({f.person_id for e in members for f in e.members}) == 7
    assert [len(e.units) for e in await union.events(UnitsSnapshot)] == [2]
    assert [e.pack_version for e in await union.events(TenantConfigured)] == [1, 1]
    await service.send_snapshots(union.client.context, union.id)
    assert len(await union.events(MembersAdmitted)) == 4, "what is finished is not sent again"


async def test_staff_are_told_as_they_change_and_again_by_a_snapshot(union: Union) -> None:
    account = await made(union, roles=["reviewer"])
    manage, path = union.actor("identity.staff.manage"), f"/staff/{account['id']}"
    changed = await union.client.send(
        "PATCH", path, manage, headers={"If-Match": f'"{account["version"]}"'}, json={"roles": ["finance"]}
    )
    assert changed.status_code == 200, changed.text
    for word in ("close", "reopen"):
        body = {"reason": "已调离"} if word == "close" else None
        assert (await union.client.post(f"{path}/{word}", manage, json=body)).status_code == 200
    told = [event.staff for event in await union.events(StaffChanged)]
    assert [(fact.roles, fact.status) for fact in told] == [
        (["reviewer"], "active"),
        (["finance"], "active"),
        (["finance"], "closed"),
        (["finance"], "active"),
    ]
    versions = [fact.version for fact in told]
    assert versions == sorted(set(versions)), "each is newer than the one before"
    assert (await ask(union, "staff")).status_code == 202
    await service.send_snapshots(union.client.context, union.id)
    (again,) = await union.events(StaffSnapshot)
    mine = next(fact for fact in again.staff if str(fact.account_id) == account["id"])
    assert mine.version >= told[-1].version and mine.roles == ["finance"] and mine.org_path == "/"


async def test_a_snapshot_goes_on_where_it_stopped(union: Union, monkeypatch: pytest.MonkeyPatch) -> None:
    unit = await union.register_unit()
    people = [("张伟", an_id_number()) for _ in range(4)]
    await deliver(union, await enrolled(union, people, unit_id=unit["unit_id"]))
    monkeypatch.setattr(service, "BATCH", 2)
    await ask(union, "members")
    async with union.client.context.db.transaction(union.id) as session:
        await service.send_batch(session)
    async with union.client.context.db.sessions() as session:
        from common.db.engine import set_tenant

        await set_tenant(session, union.id)
        await service.send_batch(session)  # killed before it commits
    await service.send_snapshots(union.client.context, union.id)
    sent = [f.person_id for e in (await union.events(MembersAdmitted))[1:] for f in e.members]
    assert len(sent) == len(set(sent)) == 4
    async with union.client.context.db.transaction(union.id) as session:
        (request,) = (await session.execute(select(SnapshotRequest))).scalars()
    assert request.sent == 4 and request.finished_at


async def test_a_request_that_comes_twice_is_one(union: Union) -> None:
    actor, key = union.actor(REPLAY), str(new_id())
    first, second = [
        await union.client.post("/snapshots", actor, json={"fact": "units"}, once=key) for _ in range(2)
    ]
    assert first.json()["id"] == second.json()["id"]


async def test_who_may_ask(union: Union, other: Union) -> None:
    client, body = union.client, {"fact": "units"}
    for path in ("/snapshots", f"/tenants/{union.code}/snapshots"):
        assert (await client.post(path, json=body)).status_code == 401
        assert (await client.post(path, union.actor("x"), json=body)).status_code == 403
    path = f"/tenants/{union.code}/snapshots"
    assert (
        await client.post(path, other.actor(REPLAY, "identity.tenant.manage"), json=body)
    ).status_code == 404
    operator = await sign_in_operator(client, "ops1")
    assert (await client.post(path, headers=operator, json=body)).status_code == 202
    assert (await client.post("/snapshots", union.actor(REPLAY), json={"fact": "odd"})).status_code == 422


async def test_expired_codes_and_sessions_are_forgotten(union: Union) -> None:
    await union.register_unit()

    async def rows(model) -> int:
        async with union.client.context.db.transaction(union.id) as session:
            return (await session.execute(select(func.count()).select_from(model))).scalar_one()

    await forget_expired(union.client.context, union.id)
    assert await rows(VerificationCode) == 1 and await rows(SignInSession) == 1
    with set_to(now() + timedelta(days=90)):
        await forget_expired(union.client.context, union.id)
    assert await rows(VerificationCode) == 0 and await rows(SignInSession) == 0


def test_the_worker_listens_and_has_its_jobs(environment: dict[str, str]) -> None:
    worker = create_worker()
    wires = {s.event.wire for s in worker.subscriptions}
    assert "enrollment.person_enrolled.v1" in wires and "claims.pack_installed.v1" in wires
    assert [job.name for job in worker.jobs] == [
        "snapshots",
        "confirm_reports",
        "forget_searches",
        "rotate_keys",
        "apply_retention",
        "seal_clear_words",
        "keep_erasures",
        "forget_exports",
        "forget_files",
        "forget_expired",
    ]
