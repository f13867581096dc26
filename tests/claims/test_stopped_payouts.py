"""What a sample found wrongly decided is paid to nobody until two people say so (rows P.06, N.05)."""

from typing import Any

import pytest

from common.auth import ActorKind
from common.contracts.identity import PersonErased
from common.identifiers import mask_bank_card
from common.ids import new_id

from .test_ledger_by_hand import approve, propose
from .test_payout_life import one_payout
from .world import FUND, Person, World, card_number

pytestmark = pytest.mark.feature("P.06", "N.05")


async def judged_wrong(world: World) -> dict[str, Any]:
    """The first sample that waits is found wrong; returns it."""
    sampler = world.role("claims_reviewer")
    sample = (await world.client.get("/samples?status=open", sampler)).json()["items"][0]
    body = {"verdict": "wrong", "opinion": "金额口径有误"}
    answer = await world.client.post(f"/samples/{sample['id']}/verdict", sampler, json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def prepared(world: World) -> Any:
    body = {"fund": FUND, "purpose": "claim"}
    return await world.client.post("/payout-batches", world.staff("payout_maker"), json=body)


async def resumed(world: World, payout: str) -> Any:
    parameters = {"payout_id": payout, "reason": "经复核，计算无误"}
    return await propose(world, parameters, command="payout.resume", actor=world.staff("payout_maker"))


async def test_it_goes_into_no_batch_until_two_people_let_it_go_on(world: World, person: Person) -> None:
    await world.fund()
    await world.submitted(person)
    assert (await resumed(world, (await one_payout(world))["id"])).json()["code"] == "payout.not_stopped"
    assert (await judged_wrong(world))["stopped"] is True
    payout = await one_payout(world)
    assert (payout["status"], payout["stopped_at"] is not None) == ("waiting", True)
    waiting = await world.client.get("/payout-batches/waiting", world.staff("payout_maker"))
    assert waiting.json() == [] and (await prepared(world)).json()["code"] == "payout.nothing_waiting"
    made = await resumed(world, payout["id"])
    assert made.status_code == 201, made.text
    alone = await approve(world, made.json(), world.staff("payout_maker"))
    assert alone.status_code in (403, 404), "the maker does not decide"
    assert (await one_payout(world))["stopped_at"] is not None
    assert (await approve(world, made.json())).status_code == 200
    assert (await one_payout(world))["stopped_at"] is None
    batch = await world.released()
    assert (await world.send_result(batch, world.result_file(await world.result_rows(batch)))).json()[
        "paid"
    ] == 1


async def test_a_batch_with_it_is_not_released_and_can_be_made_again_without(world: World) -> None:
    await world.fund()
    for number in ("1", "2"):
        await world.submitted(await world.cover(), number)
    batch = await world.batch()
    await judged_wrong(world)
    path, checker = f"/payout-batches/{batch['id']}", world.staff("payout_checker")
    refused = await world.client.post(f"{path}/release", checker)
    assert refused.status_code == 409 and refused.json()["code"] == "payout.stopped", refused.text
    given_up = await world.client.post(
        f"{path}/cancel", world.staff("payout_maker"), json={"reason": "抽检有误"}
    )
    assert given_up.status_code == 200, given_up.text
    again = await world.batch()
    assert again["payouts"] == 1, "the other one alone"
    assert (await world.client.post(f"/payout-batches/{again['id']}/release", checker)).status_code == 200


async def test_what_is_with_the_bank_is_stopped_if_the_bank_does_not_pay_it(
    world: World, person: Person
) -> None:
    await world.fund()
    await world.submitted(person)
    batch = await world.released()
    assert (await judged_wrong(world))["stopped"] is False, "too late to stop it"
    rows = await world.result_rows(batch)
    failed = world.result_file(rows).decode("gb18030").replace("成功", "失败").encode("gb18030")
    assert (await world.send_result(batch, failed)).json()["failed"] == 1
    retry = f"/payouts/{(await one_payout(world))['id']}/retry"
    assert (await world.client.post(retry, world.staff("payout_maker"))).status_code == 200
    assert (await one_payout(world))["status"] == "waiting"
    assert (await prepared(world)).json()["code"] == "payout.nothing_waiting"


async def test_a_branch_and_a_member_let_nothing_go_on(world: World, person: Person) -> None:
    await world.fund()
    await world.submitted(person)
    await judged_wrong(world)
    parameters = {"payout_id": (await one_payout(world))["id"], "reason": "经复核，计算无误"}
    branch = world.staff("payout_maker", org_path="/binhu/")
    member = world.client.mint.actor(world.tenant, kind=ActorKind.MEMBER, person_id=person.id)
    for actor in (branch, member):
        answer = await propose(world, parameters, command="payout.resume", actor=actor)
        assert answer.status_code == 403, answer.text
    unknown = parameters | {"payout_id": str(new_id())}
    answer = await propose(world, unknown, command="payout.resume", actor=world.staff("payout_maker"))
    assert answer.status_code == 404


async def taken_back(world: World, payout: str, *, actor: Any = None) -> Any:
    parameters = {"payout_id": payout, "reason": "自费部分算进了基数"}
    maker = actor or world.staff("payout_maker")
    return await propose(world, parameters, command="payout.withdraw", actor=maker)


async def test_a_wrong_decision_is_taken_back_and_made_anew(world: World, person: Person) -> None:
    """Nothing is owed meanwhile, the books stay at zero, and the second decision pays under the same number."""
    await world.fund()
    claim = await world.submitted(person)
    before = await one_payout(world)
    assert (await taken_back(world, before["id"])).json()["code"] == "payout.not_stopped"
    await judged_wrong(world)
    made = await taken_back(world, before["id"])
    assert made.status_code == 201, made.text
    assert (await one_payout(world))["status"] == "waiting", "one person alone takes nothing back"
    assert (await approve(world, made.json())).status_code == 200
    withdrawn = await one_payout(world)
    assert (withdrawn["status"], withdrawn["stopped_at"]) == ("withdrawn", None)
    ledger = await world.ledger()
    assert ledger["accounts"]["claims_payable"] == ledger["difference"] == "0.00"
    read = await world.read(person.actor, claim)
    assert (read["status"], read["payout"]) == ("in_review", None)
    step = next(step for step in read["timeline"] if step["node"] == "sample")
    assert step["title"] == "抽检有误，重新审核"
    own = await world.client.get("/my/payouts", person.actor)
    assert own.json()["items"] == []
    await agreed(world, claim)
    again = await one_payout(world)
    assert (again["id"], again["number"], again["status"]) == (before["id"], before["number"], "waiting")
    assert (await world.ledger())["accounts"]["claims_payable"] == f"-{again['amount']}"
    batch = await world.released()
    result = await world.send_result(batch, world.result_file(await world.result_rows(batch)))
    assert result.json()["paid"] == 1
    ledger = await world.ledger()
    assert ledger["difference"] == ledger["accounts"]["claims_payable"] == "0.00"


async def test_what_is_in_a_batch_or_taken_back_already_is_refused(world: World) -> None:
    await world.fund()
    await world.submitted(await world.cover())
    batch = await world.batch()
    await judged_wrong(world)
    payout = await one_payout(world)
    assert (await taken_back(world, payout["id"])).json()["code"] == "payout.state_wrong"
    path = f"/payout-batches/{batch['id']}/cancel"
    await world.client.post(path, world.staff("payout_maker"), json={"reason": "抽检有误"})
    first = await taken_back(world, payout["id"])
    other = await resumed(world, payout["id"])
    assert first.status_code == other.status_code == 201
    assert (await approve(world, first.json())).status_code == 200
    late = await approve(world, other.json())
    assert late.status_code == 409 and late.json()["code"] == "payout.not_stopped"
    branch = world.staff("payout_maker", org_path="/binhu/")
    assert (await taken_back(world, payout["id"], actor=branch)).status_code == 403


async def start_again(world: World) -> None:
    """The one decision is found wrong and taken back by two people."""
    await judged_wrong(world)
    made = await taken_back(world, (await one_payout(world))["id"])
    assert (await approve(world, made.json())).status_code == 200


async def agreed(world: World, claim: dict[str, Any]) -> None:
    for role, node in (("claims_checker", "first-check"), ("claims_reviewer", "review")):
        decided = await world.decide(world.staff(role), claim, node)
        assert decided.status_code == 200, decided.text


async def test_what_the_rules_were_wrong_about_they_do_not_decide_again(world: World, person: Person) -> None:
    await world.fund()
    claim = await world.submitted(person)
    await start_again(world)
    back = await world.decide(world.staff("claims_checker"), claim, "first-check", "return")
    assert back.status_code == 200, back.text
    again = await world.submit(person, claim)
    assert again.status_code == 200, again.text
    read = await world.read(world.staff("claims_checker"), claim)
    assert (read["status"], read["node"]) == ("in_review", "first-check")
    assert "sample.wrong" in {reason["code"] for reason in read["review_reasons"]}
    assert (await one_payout(world))["status"] == "withdrawn"


@pytest.mark.parametrize("renamed", [True, False], ids=["another card", "no other card"])
async def test_a_card_that_failed_is_not_paid_to_after_the_new_decision(
    world: World, person: Person, renamed: bool
) -> None:
    await world.fund()
    claim = await world.submitted(person)
    batch = await world.released()
    rows = await world.result_rows(batch)
    failed = world.result_file(rows).decode("gb18030").replace("成功", "失败").encode("gb18030")
    assert (await world.send_result(batch, failed)).json()["failed"] == 1
    if renamed:
        card = {"card_number": card_number(778), "bank_name": "江苏银行"}
        answer = await world.client.post(f"/claims/{claim['id']}/payee", person.actor, json=card)
        assert answer.status_code == 200, answer.text
    await start_again(world)
    await agreed(world, claim)
    payout = await one_payout(world)
    assert payout["status"] == ("waiting" if renamed else "awaiting_card")
    assert payout["card"] == (mask_bank_card(card_number(778)) if renamed else None)
    told = len(await world.events("claims.payout_failed.v1"))
    assert told == (1 if renamed else 2), "whoever has to name a card is asked for it"


async def test_one_taken_back_and_refused_leaves_nothing_owed_and_nobody_named(
    world: World, person: Person
) -> None:
    await world.fund()
    claim = await world.submitted(person)
    await start_again(world)
    refused = await world.decide(
        world.staff("claims_checker"), claim, "first-check", "reject", opinion="不在保障范围"
    )
    assert refused.status_code == 200, refused.text
    ledger = await world.ledger()
    assert ledger["difference"] == ledger["accounts"]["claims_payable"] == "0.00"
    assert ledger["accounts"]["benefit_expense"] == "0.00"
    await world.tell(PersonErased(person_id=person.id, request_id=new_id()), times=2)
    payout = await one_payout(world)
    assert (payout["name"], payout["card"], payout["bank_name"]) == ("已**", None, None)
