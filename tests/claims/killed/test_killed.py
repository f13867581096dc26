"""Killed with -9 before and after the commit of each step: every payout exactly once, the books at zero."""

import asyncio
import time
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select

from claims.feed.models import FeedLine
from claims.ledger.repository import LedgerRepository
from claims.payouts.batches.models import PayoutItem
from claims.payouts.models import Payout
from common.contracts.pack import TenantPack
from common.events import Envelope
from common.events.models import OutboxEvent
from common.testing import Client, Mint

from ..conftest import NewTenant
from ..test_feed import as_csv, line
from ..test_refunds import name_account, payouts, refund
from ..world import FUND, World, card_number
from .system import Killed, client_of_system, killed_system

pytestmark = [pytest.mark.xdist_group("killed"), pytest.mark.timeout(300)]
MOMENTS = ("before", "after")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def system(
    parts: Any, environment: dict[str, str], mint: Mint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Killed]:
    folder: Path = tmp_path_factory.mktemp("killed")
    async with killed_system(parts.home, environment, mint, folder) as running:
        yield running


@pytest_asyncio.fixture
async def world(
    system: Killed, claims: Client, new_tenant: NewTenant, wuxi_plain: TenantPack
) -> AsyncIterator[World]:
    """A tenant whose requests go to the processes that are killed."""
    async with client_of_system(system, claims) as client:
        made = World(client, await new_tenant(claims.context, pack=wuxi_plain))
        await made.approve_unit()
        yield made


@pytest.mark.feature("N.05")
@pytest.mark.parametrize("moment", MOMENTS)
async def test_each_payout_once_whatever_step_is_killed(world: World, system: Killed, moment: str) -> None:
    """From the last approval to the bank's answer, with a failed transfer and a payment given back on the way."""
    await world.fund()
    person = await world.cover()
    claim = await world.submitted(person, verified=False)
    died = system.kills

    async def killed(step: Any) -> Any:
        system.arm(moment)
        answer = await step
        assert not system.order.exists(), "the process was not killed: the step means nothing"
        return answer

    await killed(world.decide(world.staff("claims_checker"), claim, "first-check"))
    await killed(world.decide(world.staff("claims_reviewer"), claim, "review"))
    assert (await world.read(person.actor, claim))["status"] == "approved"
    for status in ("失败", "成功"):
        rows, batch = await _batch(world, killed)
        await killed(world.send_result(batch, world.result_file(rows, status=status)))
        assert (await world.send_result(batch, world.result_file(rows, status=status))).json()[
            "repeated"
        ] == 1
        if status == "失败":
            await killed(_new_card(world, person.actor, claim, 801))
    await killed(world.send_result(batch, world.result_file(rows, status="退汇")))
    await killed(_new_card(world, person.actor, claim, 802))
    rows, batch = await _batch(world, killed)
    await killed(world.send_result(batch, world.result_file(rows)))
    assert system.kills - died == 14
    await _paid_once(world, payouts=1, completed=2, failed=2)


async def _batch(world: World, killed: Any, purpose: str = "claim") -> tuple[list[list[str]], dict[str, Any]]:
    maker, checker = world.staff("payout_maker"), world.staff("payout_checker")
    answer = await killed(
        world.client.post("/payout-batches", maker, json={"fund": FUND, "purpose": purpose})
    )
    assert answer.status_code == 201, answer.text
    batch = answer.json()
    answer = await killed(world.client.post(f"/payout-batches/{batch['id']}/release", checker))
    assert answer.status_code == 200, answer.text
    return await world.result_rows(batch), batch


async def _new_card(world: World, actor: Any, claim: dict[str, Any], serial: int) -> None:
    body = {"card_number": card_number(serial), "bank_name": "江苏银行"}
    answer = await world.client.post(f"/claims/{claim['id']}/payee", actor, json=body)
    assert answer.status_code == 200, answer.text


async def _paid_once(world: World, *, payouts: int, completed: int, failed: int) -> None:
    """One payout each, one paid line of it, each thing said once, the books at zero and as the payouts say."""
    assert await world.count(Payout) == await world.count(Payout, Payout.status == "paid") == payouts
    assert await world.count(PayoutItem, PayoutItem.outcome == "paid") == payouts
    ledger = await world.ledger()
    paid = Decimal("460.00") * payouts
    assert Decimal(ledger["accounts"]["bank"]) == Decimal(100_000) - paid
    assert ledger["accounts"]["in_transit"] == ledger["accounts"]["claims_payable"] == "0.00"
    assert Decimal(ledger["accounts"]["benefit_expense"]) == paid
    async with world.client.context.db.transaction(world.tenant.id) as session:
        repository = LedgerRepository(session, world.tenant.id)
        assert await repository.balances() == await repository.counted()
        rows = await session.execute(
            select(OutboxEvent.envelope).where(OutboxEvent.tenant_id == world.tenant.id)
        )
        said = [Envelope.decode(raw).type for raw in rows.scalars()]
    assert said.count("claims.payout_completed.v1") == completed
    assert said.count("claims.payout_failed.v1") == failed


@pytest.mark.feature("N.05")
@pytest.mark.parametrize("moment", MOMENTS)
async def test_each_refund_once_whatever_step_is_killed(world: World, system: Killed, moment: str) -> None:
    """An account named, refused by the bank, corrected, paid, given back, corrected again, paid."""
    await world.fund("500.00")
    await world.tell(refund(world), times=2)
    (payout,) = await payouts(world)
    died = system.kills

    async def killed(step: Any) -> Any:
        system.arm(moment)
        answer = await step
        assert not system.order.exists(), "the process was not killed: the step means nothing"
        assert answer.status_code in {200, 201}, answer.text
        return answer

    for said in (["失败"], ["成功", "退汇"], ["成功"]):
        await killed(name_account(world, payout))
        rows, batch = await _batch(world, killed, purpose="refund")
        for status in said:
            await killed(world.send_result(batch, world.result_file(rows, status=status)))
    assert system.kills - died == 13
    assert await world.count(Payout, Payout.status == "paid") == await world.count(Payout) == 1
    assert await world.count(PayoutItem, PayoutItem.outcome == "paid") == 1
    ledger = await world.ledger()
    assert (ledger["accounts"]["bank"], ledger["accounts"]["refunds_payable"]) == ("380.00", "0.00")
    assert ledger["accounts"]["in_transit"] == "0.00"
    told = (
        len(await world.events("claims.refund_paid.v1")),
        len(await world.events("claims.refund_failed.v1")),
    )
    assert told == (2, 3), "no account, refused, given back; paid twice"


@pytest.mark.feature("N.05", "C.09")
async def test_a_feed_is_paid_once_although_the_worker_dies_again_and_again(
    world: World, system: Killed
) -> None:
    """The worker dies before and after its commits while it reads the file and decides the lines."""
    await world.fund()
    people = [await world.cover() for _ in range(3)]
    data = as_csv(*(line(person, str(person.serial)) for person in people))
    for _ in range(2):
        assert (await world.send_feed(data)).status_code == 201
    end, died = time.monotonic() + 60, 0
    while await world.count(FeedLine, FeedLine.state == "decided") < 3:
        assert time.monotonic() < end, (system.folder / "worker.log").read_text()[-3000:]
        if "worker" not in system.nursery.pids:
            died += 1
            await system.start("worker")
            if died < 9:
                system.arm(MOMENTS[died % 2])
        await asyncio.sleep(0.05)
    system.order.unlink(missing_ok=True)
    await system.nursery.kill("worker")
    assert died > 3, "the worker was not killed: the test means nothing"
    assert await world.count(Payout) == 3 and await world.count(FeedLine) == 3
    rows, batch = await _batch(world, _plainly)
    await world.send_result(batch, world.result_file(rows))
    await _books_of_three(world)


async def _plainly(step: Any) -> Any:
    return await step


async def _books_of_three(world: World) -> None:
    ledger = await world.ledger()
    assert ledger["accounts"]["bank"] == "98620.00" and ledger["accounts"]["claims_payable"] == "0.00"
    assert await world.count(PayoutItem, PayoutItem.outcome == "paid") == 3
