"""Statistics: counted as things happen, equal to what a scan finds, narrowed to the caller's scope (C.07, N.08)."""

import asyncio
import io
import random
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text, update

from claims.intake.models import Claim
from claims.ledger.repository import LedgerRepository
from claims.statistics.rules import BUCKETS, times_of
from claims.statistics.service import first_month
from claims.tasks import TASKS
from common.auth import Actor, ActorKind
from common.clock import now, today
from common.contracts.enrollment import RefundDue
from common.contracts.identity import MembersAdmitted
from common.db import unscoped
from common.ids import new_id
from common.sheets import open_workbook
from common.tasks.worker import TaskWorker

from .test_consumers import fact
from .world import FUND, PRODUCT, Person, World

PERMISSIONS = ("claims.statistics.read", "claims.statistics.export")


def reader(world: World, **scope: Any) -> Actor:
    return world.client.mint.actor(world.tenant, *PERMISSIONS, **scope)


async def read(world: World, path: str, actor: Actor | None = None) -> Any:
    answer = await world.client.get(f"/statistics{path}", actor or reader(world))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def pay_all(world: World, status: str = "成功") -> None:
    batch = await world.released()
    await world.send_result(batch, world.result_file(await world.result_rows(batch), status=status))


SCAN = """
SELECT coalesce((SELECT sum(CASE l.cause_kind WHEN 'contribution' THEN e.credit ELSE -e.debit END)
    FROM ledger_posting l JOIN ledger_entry e ON e.tenant_id = l.tenant_id AND e.posting_id = l.id
    WHERE l.tenant_id = :tenant AND e.account = 'contributions'), 0) AS contributions,
  (SELECT count(*) FROM policy_copy WHERE tenant_id = :tenant) AS enrolled,
  coalesce((SELECT sum(amount) FROM payout WHERE tenant_id = :tenant AND status = 'paid'), 0) AS paid,
  (SELECT count(*) FROM payout WHERE tenant_id = :tenant AND status = 'paid') AS paid_claims
"""


@pytest.mark.feature("C.07", "N.08")
async def test_after_random_operations_the_counters_equal_a_scan(world: World) -> None:
    seed = random.randrange(10**9)
    chance = random.Random(seed)
    people = [await world.cover() for _ in range(4)]
    for number in range(24):
        step = chance.choice(["fund", "refund", "cover", "claim", "claim", "pay", "fail", "back"])
        if step == "fund":
            await world.fund(str(chance.randrange(500, 5000)))
        elif step == "refund":
            await world.tell(
                RefundDue(
                    refund_id=new_id(), reason="cancelled", fund=FUND, product_code=PRODUCT, due_on=today(),
                    amount=Decimal(chance.randrange(1, 100)), payee="unit", unit_id=world.unit_id,
                ), times=2,
            )  # fmt: skip
        elif step == "cover":
            people.append(await world.cover())
        elif step == "claim":
            person = people.pop() if people else await world.cover()
            await world.approved(person, str(number))
        else:
            await _bank(world, {"pay": "成功", "fail": "失败", "back": "退汇"}[step])
    async with world.client.context.db.transaction(world.tenant.id) as session:
        statement = unscoped(text(SCAN), why="a scan beside the counters")
        scanned = (await session.execute(statement, {"tenant": world.tenant.id})).one()
        ledger = LedgerRepository(session, world.tenant.id)
        assert await ledger.balances() == await ledger.counted(), f"seed {seed}"
    totals = await read(world, "")
    for name in ("contributions", "enrolled", "paid", "paid_claims"):
        assert Decimal(str(totals[name])) == getattr(scanned, name), f"{name}, seed {seed}"
    months = (await read(world, "/series"))["months"]
    assert sum(Decimal(month["paid"]) for month in months) == scanned.paid
    assert sum(Decimal(month["contributions"]) for month in months) == scanned.contributions
    assert (await read(world, "/payout-times"))["payouts"] == scanned.paid_claims
    assert (await world.ledger())["difference"] == "0.00"


async def _bank(world: World, status: str) -> None:
    """Release what waits if the fund has it; the bank answers all of it one way, and once more."""
    answer = await world.client.post("/payout-batches", world.staff("payout_maker"), json={"fund": FUND})
    if answer.status_code != 201:
        return
    batch = answer.json()
    path = f"/payout-batches/{batch['id']}"
    if (await world.client.post(f"{path}/release", world.staff("payout_checker"))).status_code != 200:
        await world.client.post(f"{path}/cancel", world.staff("payout_maker"), json={"reason": "余额不足"})
        return
    rows = await world.result_rows(batch)
    if status == "退汇":
        await world.send_result(batch, world.result_file(rows))
    for _ in range(2):
        assert (await world.send_result(batch, world.result_file(rows, status=status))).status_code == 200


@pytest.mark.feature("C.07", "N.08")
async def test_totals_series_and_loss_ratio(world: World, person: Person) -> None:
    await world.fund("1000.00")
    await world.approved(person)
    await pay_all(world)
    totals = await read(world, "")
    assert (totals["contributions"], totals["enrolled"], totals["paid"], totals["paid_claims"]) == (
        "1000.00", 1, "460.00", 1,
    )  # fmt: skip
    assert totals["loss_ratio"] == "0.4600"
    months = (await read(world, "/series?months=3"))["months"]
    assert [month["month"] for month in months] == [first_month(today(), n).isoformat() for n in (3, 2, 1)]
    assert months[-1]["paid"] == "460.00" and months[-1]["loss_ratio"] == "0.4600"
    assert months[0]["paid"] == "0.00" and months[0]["loss_ratio"] is None
    assert (await read(world, "/series?product_code=nothing"))["months"][-1]["paid"] == "0.00"


@pytest.mark.feature("N.08")
async def test_time_to_payout(world: World) -> None:
    await world.fund()
    for number in ("1", "2", "3"):
        claim = await world.approved(await world.cover(), number)
        if number != "3":
            async with world.client.context.db.transaction(world.tenant.id) as session:
                earlier = {"submitted_at": now() - timedelta(days=5 * int(number))}
                await session.execute(update(Claim).where(Claim.id == claim["id"]).values(earlier))
    await pay_all(world)
    times = await read(world, "/payout-times")
    assert (times["payouts"], times["median_days"], times["p90_days"], times["average_days"]) == (
        3,
        5,
        10,
        "5.0",
    )
    spread = {bucket["days"]: bucket["payouts"] for bucket in times["buckets"]}
    assert spread["0"] == 1 and spread["4-7"] == 1 and spread["8-14"] == 1


@pytest.mark.feature("N.08")
async def test_backlog_by_node_with_its_age(world: World) -> None:
    first = await world.submitted(await world.cover(), "1", verified=False)
    await world.submitted(await world.cover(), "2", verified=False)
    third = await world.submitted(await world.cover(), "3", verified=False)
    await world.decide(world.staff("claims_checker"), third, "first-check")
    async with world.client.context.db.transaction(world.tenant.id) as session:
        old = {"node_since": now() - timedelta(days=5)}
        await session.execute(update(Claim).where(Claim.id == first["id"]).values(old))
    backlog = {row["node"]: row for row in await read(world, "/backlog")}
    waiting = backlog["first-check"]
    assert (waiting["claims"], waiting["amount"], waiting["oldest_days"]) == (2, "920.00", 5)
    assert (waiting["up_to_1_day"], waiting["up_to_7_days"], waiting["longer"]) == (1, 1, 0)
    assert backlog["review"]["claims"] == 1
    assert await read(world, "/backlog", reader(world, org_path="/xinwu/")) == []


@pytest.mark.feature("N.08")
async def test_what_each_fund_has_and_owes(world: World, person: Person) -> None:
    await world.fund("500.00")
    await world.approved(person)
    (fund,) = await read(world, "/funds")
    assert (fund["bank"], fund["owed"], fund["available"], fund["covered"]) == (
        "500.00",
        "460.00",
        "500.00",
        True,
    )
    await world.released()
    (fund,) = await read(world, "/funds")
    assert (fund["in_transit"], fund["owed"], fund["available"]) == ("460.00", "0.00", "40.00")
    for scope in ({"org_path": "/binhu/"}, {"kind": ActorKind.HANDLER, "unit_id": world.unit_id}):
        answer = await world.client.get("/statistics/funds", reader(world, **scope))
        assert answer.status_code == 403, scope


async def search(world: World, actor: Actor | None = None, **query: Any) -> list[dict[str, Any]]:
    answer = await world.client.post("/statistics/claims/search", actor or reader(world), json=query)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


@pytest.mark.feature("C.07")
async def test_the_list_is_found_by_person_product_state_and_days(world: World) -> None:
    await world.fund()
    first, second = await world.cover("许晓霞"), await world.cover("王芳")
    paid = await world.approved(first, "1")
    await pay_all(world)
    waiting = await world.submitted(second, "2", verified=False)
    assert {row["id"] for row in await search(world)} == {paid["id"], waiting["id"]}
    (row,) = await search(world, name="许 晓霞")
    assert row["name"] == "许**" and row["status_title"] == "已完成" and row["amount"] == "460.00"
    assert row["mobile"].startswith("138****") and row["finished_on"] == today().isoformat()
    assert [r["id"] for r in await search(world, mobile=f"138{second.serial:08d}")] == [waiting["id"]]
    assert [r["id"] for r in await search(world, status="in_review")] == [waiting["id"]]
    event_on = (today() - timedelta(days=30)).isoformat()
    assert len(await search(world, product_code=PRODUCT, kind="hospital", first=event_on, last=event_on)) == 2
    assert await search(world, last=(today() - timedelta(days=31)).isoformat()) == []
    assert await search(world, name="没有此人") == []
    assert await search(world, reader(world, org_path="/xinwu/")) == []
    handler = reader(world, kind=ActorKind.HANDLER, unit_id=world.unit_id)
    assert len(await search(world, handler)) == 2
    assert await search(world, reader(world, kind=ActorKind.HANDLER, unit_id=new_id())) == []
    answer = await world.client.post("/statistics/claims/search", reader(world), json={"card": "1"})
    assert answer.status_code == 422


async def test_a_new_name_is_found_and_an_older_fact_changes_nothing(world: World, person: Person) -> None:
    await world.submitted(person, verified=False)
    keys = world.tenant.keys
    renamed = fact(world, person_id=person.id, name=keys.sealed("许晓云", context="person.name"), version=3)
    older = fact(world, person_id=person.id, name=keys.sealed("许旧名", context="person.name"), version=2)
    await world.tell(MembersAdmitted(batch_id=new_id(), members=[renamed]), times=2)
    await world.tell(MembersAdmitted(batch_id=new_id(), members=[older]))
    assert len(await search(world, name="许晓云")) == 1 and await search(world, name="许旧名") == []


@pytest.mark.feature("C.07", "N.08")
async def test_statistics_are_narrowed_to_the_callers_scope(world: World, person: Person) -> None:
    """A unit's handlers see their unit, staff their branch, whoever is neither sees nothing."""
    await world.fund("1000.00")
    await world.approved(person)
    await pay_all(world)

    async def seen(**scope: Any) -> tuple[str, str, int]:
        actor = reader(world, **scope)
        months = (await read(world, "/series", actor))["months"]
        times = await read(world, "/payout-times", actor)
        return (await read(world, "", actor))["paid"], months[-1]["paid"], times["payouts"]

    everything, nothing = ("460.00", "460.00", 1), ("0.00", "0.00", 0)
    assert await seen() == await seen(org_path="/binhu/") == everything
    assert await seen(kind=ActorKind.HANDLER, unit_id=world.unit_id) == everything
    assert await seen(kind=ActorKind.HANDLER, unit_id=new_id()) == nothing
    assert await seen(org_path="/xinwu/") == await seen(kind=ActorKind.MEMBER) == nothing


@pytest.mark.feature("C.07")
async def test_the_list_shows_the_words_of_a_refusal_but_not_to_the_employer_s_clerk(
    world: World, person: Person
) -> None:
    claim = await world.submitted(person, verified=False)
    await world.decide(world.staff("claims_checker"), claim, "first-check", "reject", opinion="票据不符")
    (row,) = (await world.client.post("/statistics/claims/search", reader(world), json={})).json()["items"]
    assert row["remark"] == "票据不符"
    handler = reader(world, kind=ActorKind.HANDLER, unit_id=world.unit_id)
    (row,) = (await world.client.post("/statistics/claims/search", handler, json={})).json()["items"]
    assert (row["status_title"], row["remark"]) == ("未通过", ""), (
        "what is said about an illness is the member's"
    )


@pytest.mark.feature("C.07")
async def test_the_list_as_a_workbook(world: World) -> None:
    for number, name in (("1", "许晓霞"), ("2", "王芳")):
        await world.submitted(await world.cover(name), number, verified=False)
    actor = reader(world, kind=ActorKind.HANDLER, unit_id=world.unit_id)
    weak = world.client.mint.actor(world.tenant, "claims.statistics.read")
    assert (await world.client.post("/statistics/claims/export", weak, json={})).status_code == 403
    answer = await world.client.post("/statistics/claims/export", actor, json={"name": "王芳"})
    assert answer.status_code == 202 and answer.json()["total"] == 1, answer.text
    worker = asyncio.create_task(TaskWorker(world.client.context, TASKS, poll_seconds=0.05).run())
    try:
        async with asyncio.timeout(30):
            while (task := await _task(world, actor, answer.json()["id"]))["finished_at"] is None:
                await asyncio.sleep(0.05)
    finally:
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
    assert task["state"] == "done" and task["done"] == 1, task
    file = await world.client.get(f"/tasks/{task['id']}/result", actor)
    with open_workbook(io.BytesIO(file.content)) as book:
        rows = [row.cells for row in book.rows(book.sheets[0])]
    assert rows[0][:3] == ["理赔编号", "理赔人姓名", "手机号码"] and len(rows) == 2
    assert rows[1][1] == "王芳" and rows[1][9] == "进行中" and str(rows[1][2]).startswith("138****")
    assert [t["id"] for t in (await world.client.get("/tasks", actor)).json()["items"]] == [task["id"]]
    other = reader(world, kind=ActorKind.HANDLER, unit_id=world.unit_id)
    assert (await world.client.get(f"/tasks/{task['id']}/result", other)).status_code == 404


async def _task(world: World, actor: Actor, task_id: str) -> dict[str, Any]:
    return dict((await world.client.get(f"/tasks/{task_id}", actor)).json())


@given(st.lists(st.integers(0, 365), min_size=1, max_size=60))
def test_the_distribution_of_days(days: list[int]) -> None:
    times = times_of(Counter(days))
    assert times.payouts == len(days) == sum(number for _, number in times.buckets)
    assert times.median == sorted(days)[(len(days) + 1) // 2 - 1]
    assert (
        times.p90 is not None
        and times.median is not None
        and min(days) <= times.median <= times.p90 <= max(days)
    )
    assert BUCKETS[0][0] == 0 and all(a[1] + 1 == b[0] for a, b in pairwise(BUCKETS))
