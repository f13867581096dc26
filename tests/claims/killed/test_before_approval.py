"""Killed with -9 before and after the commit of each step from the first draft to the approval."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select

from claims.decisions.models import BenefitUse
from claims.intake.models import Claim, ClaimStep, Evidence, Stay
from claims.ledger.models import LedgerPosting
from claims.payouts.models import Payout
from common.clock import today
from common.contracts.pack import TenantPack
from common.events import Envelope
from common.events.models import OutboxEvent
from common.testing import Client, Mint

from ..conftest import NewTenant
from ..world import World, receipt
from .system import Killed, client_of_system, killed_system

pytestmark = [pytest.mark.xdist_group("killed"), pytest.mark.timeout(300)]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def system(
    parts: Any, environment: dict[str, str], mint: Mint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Killed]:
    folder: Path = tmp_path_factory.mktemp("killed")
    async with killed_system(parts.home, environment, mint, folder) as running:
        yield running


@pytest_asyncio.fixture
async def world(
    system: Killed, claims: Client, new_tenant: NewTenant, wuxi_pack: TenantPack
) -> AsyncIterator[World]:
    """A tenant whose requests go to the processes that are killed."""
    async with client_of_system(system, claims) as client:
        made = World(client, await new_tenant(claims.context, pack=wuxi_pack))
        await made.approve_unit()
        yield made


async def said(world: World) -> list[str]:
    async with world.client.context.db.transaction(world.tenant.id) as session:
        statement = select(OutboxEvent.envelope).where(OutboxEvent.tenant_id == world.tenant.id)
        rows = (await session.execute(statement.order_by(OutboxEvent.seq))).scalars()
        return [Envelope.decode(raw).type.split(".")[1] for raw in rows]


@pytest.mark.feature("N.10", "N.05")
@pytest.mark.parametrize("moment", ["before", "after"])
async def test_one_claim_whatever_step_is_killed(world: World, system: Killed, moment: str) -> None:
    """Opened, papers handed in, submitted, returned, submitted again, refused, appealed, and approved by two."""
    person = await world.cover()
    read = receipt(person.name, "7141957131", admitted=today() - timedelta(days=30))
    papers = [
        await world.upload(person.actor, read, verified=False, kind=kind)
        for kind in ("e_receipt", "settlement")
    ]
    died = system.kills

    async def killed(step: Any, status: int = 200) -> Any:
        system.arm(moment)
        answer = await step
        assert not system.order.exists(), "the process was not killed: the step means nothing"
        assert answer.status_code == status, answer.text
        return answer.json()

    checker, other = world.role("claims_checker"), world.role("claims_checker")
    claim = await killed(world.ask(person.actor, "hospital", documents=papers[:1]), 201)
    path = f"/claims/{claim['id']}/documents"
    more = {"documents": [{"receipt": papers[1], "rule": "settlement"}]}
    await killed(world.client.post(path, person.actor, json=more))
    first = await killed(world.send_in(person.actor, claim))
    await killed(world.decide(checker, claim, "first-check", "return"))
    again = await killed(world.send_in(person.actor, claim))
    assert (again["round"], again["number"], again["amount"]) == (2, first["number"], first["amount"])
    await killed(world.decide(checker, claim, "first-check", "reject", opinion="票据不清"))
    appeal = await killed(world.lodged(person, claim, "appeal", "票据清晰，请复核"), 201)
    body = {"decision": "granted", "answer": "经复核票据有效"}
    answer = world.client.post(f"/appeals/{appeal['id']}/answer", world.role("report_reviewer"), json=body)
    system.arm(moment)
    # answered before the kill or asked again after it: then it says that it has been answered
    assert (await answer).status_code in {200, 409} and not system.order.exists()
    await killed(world.decide(other, claim, "first-check"))
    done = await killed(world.decide(world.role("claims_reviewer"), claim, "review"))
    assert done["status"] == "approved" and done["round"] == 3
    assert system.kills - died == 10

    assert await world.count(Claim) == await world.count(Payout) == 1
    assert await world.count(LedgerPosting, LedgerPosting.cause_kind == "approval") == 1
    assert [step["action"] for step in done["timeline"] if not step["pending"]] == [
        "submitted", "returned", "submitted", "rejected", "reopened", "agreed", "agreed",
    ]  # fmt: skip
    assert await world.count(ClaimStep) == 7
    # what it holds, it holds once: the receipt number and two pictures, the stay, the use of each benefit
    assert (await world.count(Evidence), await world.count(Stay)) == (2, 1)
    assert await world.count(BenefitUse) == len({use["benefit"] for use in done["explanation"]})
    assert await said(world) == [
        "claim_submitted", "claim_returned", "claim_submitted", "claim_rejected", "appeal_lodged",
        "claim_reopened", "appeal_answered", "claim_advanced", "claim_approved", "payout_requested",
    ]  # fmt: skip
