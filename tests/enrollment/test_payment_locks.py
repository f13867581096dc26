"""A notice, a cancellation and a payment lock what is paid for before its payment: no deadlock (A.05, A.06)."""

import asyncio
import time
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from common import clock
from common.db import unscoped
from enrollment.dues.models import DuesBill
from enrollment.dues.repository import DuesRepository
from enrollment.individual.models import Application
from enrollment.individual.repository import ApplicationRepository
from enrollment.online_payments.jobs import ask_about_payments
from enrollment.online_payments.service import stop_paying

from .campus import Campus
from .test_online_payments import sandbox

BLOCKED = unscoped(
    text("SELECT count(*) FROM pg_locks waits JOIN pg_locks holds ON holds.pid = pg_backend_pid()"
         " AND holds.locktype = 'transactionid' AND holds.granted AND NOT waits.granted"
         " AND waits.transactionid = holds.transactionid"),
    why="who waits for this transaction",
)  # fmt: skip


async def until_blocked(session: Any) -> None:
    """Wait until somebody waits for what this transaction has locked."""
    deadline = time.monotonic() + 60
    while not (await session.execute(BLOCKED)).scalar_one():
        assert time.monotonic() < deadline, "nobody waits"
        await asyncio.sleep(0.02)


@pytest.mark.feature("A.05")
async def test_a_bill_that_is_cancelled_while_its_notice_comes(campus: Campus) -> None:
    member = await campus.member()
    bill = (await campus.client.post("/dues/bills", member, json={"wage": "12000.00"})).json()
    payment = await campus.start_paying(member, f"/dues/bills/{bill['id']}", "web")
    async with campus.client.context.db.transaction(campus.tenant.id) as session:
        held = await DuesRepository(session, campus.tenant.id).find(DuesBill, UUID(bill["id"]), lock=True)
        assert held is not None
        held.cancel()
        await session.flush()
        notice = asyncio.create_task(campus.press(payment))
        await until_blocked(session)
        await stop_paying(session, tenant_id=campus.tenant.id, purpose="dues", subject_id=held.id)
    await notice
    shown = (await campus.client.get(f"/payments/{payment['id']}", member)).json()
    assert shown["state"] == "paid" and [one["state"] for one in shown["refunds"]] == ["requested"], shown
    (kept,) = (await campus.client.get("/dues/bills", member)).json()["items"]
    assert kept["state"] == "cancelled"


@pytest.mark.feature("A.06")
async def test_an_application_that_is_withdrawn_while_the_provider_is_asked(campus: Campus) -> None:
    member = await campus.member()
    application = await campus.approved(member)
    payment = await campus.start_paying(member, f"/applications/{application}")
    async with campus.client.context.db.transaction(campus.tenant.id) as session:
        repository = ApplicationRepository(session, campus.tenant.id)
        held = await repository.find(Application, UUID(application), lock=True)
        assert held is not None
        asked = asyncio.create_task(campus.client.post(f"/payments/{payment['id']}/refresh", member))
        await until_blocked(session)
        order = await repository.order_of(held, lock=True)
        assert order is not None
        held.withdraw()
        await repository.remove_order(order)
        await stop_paying(session, tenant_id=campus.tenant.id, purpose="cover", subject_id=held.id)
    answer = await asked
    assert answer.status_code == 200 and answer.json()["state"] == "closed", answer.text
    assert (await campus.look(application, member))["status"] == "withdrawn"


@pytest.mark.feature("A.05", "A.06")
@pytest.mark.parametrize("by", ["payer", "worker"])
async def test_nobody_waits_for_the_provider_who_is_asked(
    campus: Campus, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    """A withdrawal goes through while the provider is slow to answer; the money it then tells of goes back."""
    member = await campus.member()
    application = await campus.approved(member)
    payment = await campus.start_paying(member, f"/applications/{application}")
    await sandbox(campus).decide(payment["number"], "paid")
    asked, answer, query = asyncio.Event(), asyncio.Event(), sandbox(campus).query

    async def slow(number: str, pack: Any) -> Any:
        asked.set()
        await answer.wait()
        return await query(number, pack)

    monkeypatch.setattr(sandbox(campus), "query", slow)
    with clock.set_to(clock.now() + timedelta(minutes=2)):
        asking = asyncio.create_task(
            campus.client.post(f"/payments/{payment['id']}/refresh", member)
            if by == "payer"
            else ask_about_payments(campus.client.context, campus.tenant.id)
        )
        try:
            await asyncio.wait_for(asked.wait(), 60)
            path = f"/applications/{application}/withdraw"
            withdrawn = await asyncio.wait_for(campus.client.post(path, member), 60)
        finally:
            answer.set()
            await asking
    assert withdrawn.status_code == 200, withdrawn.text
    shown = (await campus.client.get(f"/payments/{payment['id']}", member)).json()
    assert shown["state"] == "paid" and [one["state"] for one in shown["refunds"]] == ["requested"], shown
    assert (await campus.look(application, member))["status"] == "withdrawn"
