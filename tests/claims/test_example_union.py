"""The union of the guide (examples/donggang.yaml): its members claim by its own rules, chain and fund, and are paid."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from common.clock import today
from common.contracts.enrollment import ContributionReceived
from common.contracts.pack import load_pack
from common.ids import new_id
from common.testing import Client, TestTenant

from ..conftest import ROOT
from .world import World, receipt


@pytest.mark.feature("N.01")
async def test_a_docker_claims_and_is_paid(
    claims: Client, new_tenant: Callable[..., Awaitable[TestTenant]]
) -> None:
    pack = load_pack(ROOT / "examples" / "donggang.yaml")
    port = World(claims, await new_tenant(claims.context, pack=pack))
    await port.approve_unit("/east/")
    await port.tell(
        ContributionReceived(
            contribution_id=new_id(), order_id=new_id(), order_number="1", fund="dockers",
            product_code="docker-care", unit_id=port.unit_id, amount=Decimal("5000.00"), received_on=today(),
        )
    )  # fmt: skip
    person = await port.cover("海生", product_code="docker-care")
    paper = await port.upload(
        person.actor,
        receipt(person.name, "0060687851", admitted=today() - timedelta(days=30)),
        verified=False,
    )
    claim = await port.draft(person, paper, kind="stay")
    sent = await port.submit(person, claim)
    assert sent.status_code == 200 and sent.json()["node"] == "quay-check", sent.text
    checker = port.role("claims_checker")
    assert (await port.decide(checker, claim, "quay-check")).status_code == 200
    both = port.role("claims_reviewer").model_copy(update={"id": checker.id})
    refused = await port.decide(both, claim, "group-review")
    assert refused.status_code in {403, 409}, "nobody decides two nodes"
    decided = (await port.decide(port.role("claims_reviewer"), claim, "group-review")).json()
    # 3,000 in cash, 300 deducted, 30 % of the rest
    assert (decided["status"], decided["amount"]) == ("approved", "810.00")
    batch = await claims.post("/payout-batches", port.role("payout_maker"), json={"fund": "dockers"})
    assert batch.status_code == 201, batch.text
    path = f"/payout-batches/{batch.json()['id']}"
    assert (await claims.post(f"{path}/release", port.role("payout_checker"))).status_code == 200
    result = port.result_file(await port.result_rows(batch.json()))
    assert (await port.send_result(batch.json(), result)).json()["paid"] == 1
    read = await claims.get(f"/claims/{claim['id']}", person.actor)
    assert read.json()["status"] == "paid"
