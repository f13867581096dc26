"""Decisions at the nodes of a chain."""

from datetime import timedelta
from decimal import Decimal

import pytest

from common.auth import Actor
from common.clock import today
from common.contracts.enrollment import PolicyTerminated
from common.ids import new_id

from .world import Person, World


@pytest.mark.feature("N.03")
async def test_nobody_decides_two_nodes(world: World, person: Person) -> None:
    claim = await world.submitted(person, verified=False)
    both = world.client.mint.actor(
        world.tenant, "claims.claim.read", "claims.claim.check", "claims.claim.review",
        roles=frozenset({"claims_checker", "claims_reviewer"}),
    )  # fmt: skip
    assert (await world.decide(both, claim, "first-check")).status_code == 200
    answer = await world.decide(both, claim, "review")
    assert answer.status_code == 403 and answer.json()["code"] == "claim.same_person"
    assert (await world.client.get("/queue", both)).json()["items"][0]["mine"] is False
    assert (await world.decide(world.staff("claims_reviewer"), claim, "review")).json()[
        "status"
    ] == "approved"


async def test_nobody_decides_an_own_claim(world: World, person: Person) -> None:
    claim = await world.submitted(person, verified=False)
    own = world.staff("claims_checker", person_id=person.id)
    assert (await world.decide(own, claim, "first-check")).json()["code"] == "claim.same_person"


async def test_the_role_of_the_node_decides(world: World, person: Person) -> None:
    claim = await world.submitted(person, verified=False)
    answer = await world.decide(world.staff("claims_reviewer"), claim, "first-check")
    assert answer.status_code == 403 and answer.json()["code"] == "claim.not_your_node"
    answer = await world.decide(world.staff("claims_reviewer"), claim, "review")
    assert answer.status_code == 409 and answer.json()["code"] == "claim.node_not_reached"
    assert "目前在“经办初审”" in answer.json()["detail"], answer.text
    answer = await world.decide(world.staff("claims_reviewer"), claim, "nowhere")
    assert answer.status_code == 422 and answer.json()["code"] == "claim.node_unknown"
    assert "经办初审（first-check）" in answer.json()["detail"], answer.text


@pytest.mark.feature("N.03")
async def test_who_may_decide_is_said_before_anybody_tries(
    world: World, person: Person, other: World
) -> None:
    claim = await world.submitted(person, verified=False)
    path, checker = f"/queue/{claim['id']}/standing", world.staff("claims_checker")

    async def standing(actor: Actor) -> tuple[bool, str]:
        read = (await world.client.get(path, actor)).json()
        return read["may_decide"], read["why_not"] or ""

    assert await standing(checker) == (True, "")
    may, why = await standing(world.staff("claims_reviewer"))
    assert not may and "经办初审" in why
    may, why = await standing(world.staff("claims_checker", person_id=person.id))
    assert not may and "另一位同事" in why
    assert (await world.client.get(path, None)).status_code == 401
    assert (await world.client.get(path, person.actor)).status_code == 403
    assert (await world.client.get(path, other.staff("claims_checker"))).status_code == 404
    await world.decide(checker, claim, "first-check", "reject")
    assert await standing(checker) == (False, ""), "it waits at no node"


async def test_returned_corrected_and_handed_in_again(world: World, person: Person) -> None:
    claim = await world.submitted(person, verified=False)
    checker = world.staff("claims_checker")
    answer = await world.decide(checker, claim, "first-check", "return", opinion=" ")
    assert answer.status_code == 422 and answer.json()["code"] == "claim.opinion_missing"
    returned = (await world.decide(checker, claim, "first-check", "return")).json()
    assert returned["status"] == "returned" and returned["reason"] == "请补正"
    assert len(await world.events("claims.claim_returned.v1")) == 1
    again = (await world.submit(person, claim)).json()
    assert again["status"] == "in_review" and again["round"] == 2 and again["number"] == claim["number"]
    assert (await world.decide(checker, claim, "first-check")).status_code == 200
    # whoever returned it at the first node may not decide the second
    assert again["amount"] == claim["amount"]


async def test_rejected_with_reason(world: World, person: Person) -> None:
    claim = await world.submitted(person, verified=False)
    answer = await world.decide(
        world.staff("claims_checker"), claim, "first-check", "reject", opinion="票据不符"
    )
    assert answer.json()["status"] == "rejected"
    events = await world.events("claims.claim_rejected.v1")
    assert world.words(events[0].data["reason"]) == "票据不符"
    # What was asked for is paid to nobody: lists, events and figures say so; the explanation keeps how it was reckoned.
    assert Decimal(claim["amount"]) > 0
    assert answer.json()["amount"] == events[0].data["claim"]["amount"] == "0.00"
    assert answer.json()["explanation"] == claim["explanation"]
    listed = (await world.client.get("/claims", world.staff("claims_checker"))).json()["items"]
    assert [(row["id"], row["amount"]) for row in listed] == [(claim["id"], "0.00")]
    figures = world.client.mint.actor(world.tenant, "claims.statistics.read")
    (row,) = (await world.client.post("/statistics/claims/search", figures, json={})).json()["items"]
    assert (row["status"], row["amount"]) == ("rejected", "0.00")
    assert (await world.decide(world.staff("claims_checker"), claim, "first-check")).status_code == 409


async def test_an_amount_of_nothing_is_not_approved(world: World, person: Person) -> None:
    claim = await world.submitted(person, cash="400.00", days=2)
    assert claim["status"] == "in_review" and claim["amount"] == "0.00"
    assert {reason["code"] for reason in claim["not_paid"]} == {"below_deductible", "below_first_day"}
    checker = world.staff("claims_checker")
    answer = await world.decide(checker, claim, "first-check")
    assert answer.status_code == 409 and answer.json()["code"] == "claim.nothing_to_pay"
    refused = await world.decide(checker, claim, "first-check", "reject", opinion="未达起付线")
    assert refused.json()["status"] == "rejected"


async def test_an_amount_that_changed_is_refused(world: World, person: Person) -> None:
    claim = await world.submitted(person, verified=False)
    answer = await world.decide(world.staff("claims_checker"), claim, "first-check", amount="1.00")
    assert answer.status_code == 409 and answer.json()["code"] == "claim.amount_changed"
    answer = await world.decide(world.staff("claims_checker"), claim, "first-check", amount=claim["amount"])
    assert answer.status_code == 200


@pytest.mark.feature("A.07")
async def test_two_accounts_of_one_person_are_one_pair_of_eyes(world: World, person: Person) -> None:
    claim = await world.submitted(person, verified=False)
    human = new_id()
    first = world.staff("claims_checker", human=human)
    assert (await world.decide(first, claim, "first-check")).status_code == 200
    again = await world.decide(world.staff("claims_reviewer", human=human), claim, "review")
    assert again.status_code == 403 and again.json()["code"] == "claim.same_person"
    assert (
        await world.decide(world.staff("claims_reviewer", human=new_id()), claim, "review")
    ).status_code == 200


@pytest.mark.feature("C.04", "D.11")
async def test_nothing_is_paid_of_a_cover_that_was_ended_before_the_case(
    world: World, person: Person
) -> None:
    """The policy was in force when the claim was handed in, and ended back to a day before it (退保)."""
    await world.fund()
    claim = await world.submitted(person, verified=False)
    first = await world.decide(world.staff("claims_checker"), claim, "first-check")
    assert first.status_code == 200, first.text
    ended = person.policy.model_copy(update={"version": 9, "status": "terminated"})
    await world.tell(PolicyTerminated(policy=ended, ended_on=today() - timedelta(days=60)))
    reviewer = world.staff("claims_reviewer")
    refused = await world.decide(reviewer, claim, "review")
    assert (refused.status_code, refused.json()["code"]) == (409, "claim.cover_ended")
    assert person.policy.number in refused.json()["detail"]
    done = await world.decide(reviewer, claim, "review", "reject", opinion="事件发生在退保之后")
    assert (done.status_code, done.json()["status"]) == (200, "rejected"), done.text
