"""A claim from the photographed receipt to the bank's answer."""

from decimal import Decimal

import pytest

from claims.payouts.models import Payout

from .world import Person, World


@pytest.mark.feature("C.10", "C.12", "N.03", "N.05")
async def test_from_receipt_to_payment(world: World, person: Person) -> None:
    await world.fund()
    draft = await world.hospital(person, verified=False)
    fields = {(item["code"], item["stay"]): item for item in draft["fields"]}
    assert fields["total_cost", 1]["value"] == "5000.00"
    assert fields["total_cost", 1]["source"] == "recognized"
    assert fields["bank_card", 0]["value"].endswith(" **** **** " + fields["bank_card", 0]["value"][-4:])

    claim = (await world.submit(person, draft)).json()
    assert claim["status"] == "in_review" and claim["node"] == "first-check"
    # (3000 - 500) × 10 % + 30 × 7 days from the fourth on
    assert claim["amount"] == "460.00"
    assert sum(Decimal(line["amount"]) for line in claim["explanation"]) == Decimal("460.00")
    assert {reason["code"] for reason in claim["review_reasons"]} == {"field.unverified"}
    told = {reason["text"].split("：")[0] for reason in claim["review_reasons"]}
    assert len(told) == len(claim["review_reasons"]), "each says which value it is about"

    checker, reviewer = world.staff("claims_checker"), world.staff("claims_reviewer")
    tasks = (await world.client.get("/queue", checker)).json()["items"]
    assert [task["claim_id"] for task in tasks] == [claim["id"]]
    assert tasks[0]["person_name"] == "许**"
    assert (await world.decide(checker, claim, "first-check")).status_code == 200
    answer = await world.decide(reviewer, claim, "review")
    assert answer.status_code == 200 and answer.json()["status"] == "approved"

    ledger = await world.ledger()
    assert ledger["accounts"]["claims_payable"] == "-460.00"
    batch = await world.released()
    rows = await world.result_rows(batch)
    answer = await world.send_result(batch, world.result_file(rows))
    assert answer.json()["paid"] == 1 and answer.json()["status"] == "settled"

    paid = await world.read(person.actor, claim)
    assert paid["status"] == "paid" and paid["payout"]["status"] == "paid"
    assert [step["action"] for step in paid["timeline"]] == ["submitted", "agreed", "agreed", "paid"]
    ledger = await world.ledger()
    assert ledger["accounts"]["bank"] == "99540.00" and ledger["accounts"]["in_transit"] == "0.00"
    assert await world.count(Payout) == 1
    completed = await world.events("claims.payout_completed.v1")
    tail = completed[0].data["payout"]["card_tail"]["ciphertext"]
    assert world.tenant.keys.open(tail, context="card.tail") == rows[0][1][-4:]


@pytest.mark.feature("N.03")
async def test_rules_decide_a_plain_case(world: World, person: Person) -> None:
    claim = await world.submitted(person)
    assert claim["status"] == "approved" and claim["automatic"]
    assert claim["review_reasons"] == []
    assert [step["node"] for step in claim["timeline"]] == ["submit", "automatic", "payment"]
    assert len(await world.events("claims.claim_approved.v1")) == 1
    (asked,) = await world.events("claims.payout_requested.v1")
    assert asked.data["payout"]["event_on"] == claim["event_on"], "the cover of that day was used"


@pytest.mark.feature("N.03")
async def test_above_the_limit_a_person_looks(world: World, person: Person) -> None:
    claim = await world.submitted(person, cash="30000.00")
    assert claim["status"] == "in_review"
    assert "amount.above_limit" in {reason["code"] for reason in claim["review_reasons"]}
