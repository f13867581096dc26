"""Sampling of automatic decisions (P.06): by risk and at random, reproducible."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.sampling.models import Sample
from claims.sampling.rules import Decision, Risk, cause_of, draw_of, risks_of
from common.clock import today
from common.ids import new_id
from common.text import Text

from .test_feed import as_csv, line
from .world import Person, World

PLAIN = Decision(Decimal(100), Decimal(3000), 0, 200, on_behalf=False, card_named=False)


@given(st.text(min_size=1), st.uuids())
def test_a_draw_can_be_made_again(seed: str, claim_id: object) -> None:
    draw = draw_of(seed, claim_id)  # type: ignore[arg-type]
    assert 0 <= draw < 1 and draw == draw_of(seed, claim_id)  # type: ignore[arg-type]


@given(st.text(min_size=1), st.decimals(min_value=Decimal("0.05"), max_value=Decimal("0.5"), places=2))
def test_the_share_is_met_and_a_larger_share_draws_more(seed: str, share: Decimal) -> None:
    draws = [draw_of(seed, new_id()) for _ in range(400)]
    drawn = {draw for draw in draws if cause_of(draw, share, []) == "random"}
    more = {draw for draw in draws if cause_of(draw, share + Decimal("0.1"), []) == "random"}
    assert drawn <= more
    # six standard deviations of a binomial draw of 400
    assert abs(len(drawn) - 400 * float(share)) < 6 * (400 * float(share) * (1 - float(share))) ** 0.5 + 1


def test_what_makes_a_decision_risky() -> None:
    assert list(risks_of(PLAIN)) == []
    risky = Decision(Decimal(2400), Decimal(3000), 3, 10, on_behalf=True, card_named=True)
    assert {r.code for r in risks_of(risky)} == {
        "amount.near_limit", "claims.many", "cover.new", "applicant.other", "payee.card_named",
    }  # fmt: skip
    point = Risk("x", 1, Text("", ""))
    assert cause_of(Decimal("0.99"), Decimal("0.05"), [point] * 3) == "risk"
    assert cause_of(Decimal("0.99"), Decimal("0.05"), [point] * 2) is None
    assert cause_of(Decimal("0.04"), Decimal("0.05"), []) == "random"
    assert cause_of(Decimal(0), None, []) is None


@pytest.mark.feature("P.06")
async def test_automatic_decisions_are_drawn_with_seed_and_draw_recorded(
    world: World, person: Person
) -> None:
    claim = await world.submitted(person)
    assert claim["automatic"]
    sampler = world.role("claims_reviewer", label="fuhe1")
    sample = (await world.client.get("/samples?status=open", sampler)).json()["items"][0]
    assert sample["claim_id"] == claim["id"] and sample["cause"] == "random"
    made = draw_of(sample["seed"], sample["claim_id"])
    assert Decimal(sample["draw"]) == made < Decimal(sample["share"])
    path = f"/samples/{sample['id']}/verdict"
    silent = await world.client.post(path, sampler, json={"verdict": "wrong"})
    assert silent.status_code == 422 and silent.json()["code"] == "sample.opinion_missing"
    own = world.role("claims_reviewer", person_id=person.id)
    assert (await world.client.post(path, own, json={"verdict": "confirmed"})).status_code == 403
    body = {"verdict": "wrong", "opinion": "出院日期与记录不符"}
    judged = (await world.client.post(path, sampler, json=body)).json()
    assert judged["status"] == "wrong" and judged["handler"] == "fuhe1"
    assert judged["opinion"] == "出院日期与记录不符"
    assert (await world.client.post(path, sampler, json=body)).json() == judged, "tapped twice is once"
    again = await world.client.post(path, sampler, json={"verdict": "confirmed"})
    assert again.status_code == 409 and again.json()["code"] == "sample.reviewed"
    summary = (await world.client.get("/samples/summary", sampler)).json()
    assert summary == [
        {
            "cause": "random", "open": 0, "confirmed": 0, "wrong": 1, "wrong_amount": "460.00",
            "wrong_share": 1.0,
        }
    ]  # fmt: skip


@pytest.mark.feature("P.06")
async def test_an_applicants_other_account_judges_no_own_claim(world: World, person: Person) -> None:
    human = new_id()
    applicant = replace(person, actor=person.actor.model_copy(update={"human": human}))
    await world.submitted(applicant)
    own, other = (world.role("claims_reviewer", human=eyes) for eyes in (human, new_id()))
    (sample,) = (await world.client.get("/samples", own)).json()["items"]
    path = f"/samples/{sample['id']}/verdict"
    answer = await world.client.post(path, own, json={"verdict": "confirmed"})
    assert answer.status_code == 403 and answer.json()["code"] == "claim.same_person", answer.text
    assert (await world.client.post(path, other, json={"verdict": "confirmed"})).status_code == 200


@pytest.mark.feature("P.06")
async def test_what_people_decided_is_not_drawn(world: World, person: Person) -> None:
    await world.approved(person)
    assert await world.count(Sample) == 0
    checker = world.role("claims_checker")
    refused = await world.client.get("/samples", checker)
    assert refused.status_code == 403 and refused.json()["code"] == "auth.not_permitted"


@pytest.mark.feature("P.06")
async def test_a_risky_decision_is_always_looked_at(union: Callable[[str], Awaitable[World]]) -> None:
    """Wuxi draws 5 % at random; a feed's fourth claim within a year, close to the limit, is risky."""
    wuxi = await union("wuxi")
    person = await wuxi.cover()
    lines = []
    for number, cash in enumerate((3000, 3000, 3000, 20000), start=1):
        admitted = today() - timedelta(days=150 - 30 * number)
        left = admitted + timedelta(days=5)
        figures = {"cash_paid": f"{cash}.00", "total_cost": f"{cash + 2000}.00"}
        days = {"admission_date": admitted.isoformat(), "discharge_date": left.isoformat()}
        lines.append(line(person, str(number), **figures, **days))
    answer = await wuxi.feed(as_csv(*lines))
    assert answer.json()["accepted"] == 4, answer.text
    await wuxi.decide_feed()
    samples = (await wuxi.client.get("/samples?cause=risk", wuxi.role("claims_reviewer"))).json()["items"]
    assert len(samples) == 1
    assert {reason["code"] for reason in samples[0]["risk_reasons"]} >= {"amount.near_limit", "claims.many"}
