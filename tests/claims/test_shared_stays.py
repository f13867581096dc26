"""One stay for several subsidies (B.01): once in each kind that the pack lets share it, for one person (N.04)."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio

from claims.intake.models import Evidence
from common.contracts.pack import load_pack

from .conftest import ROOT, NewTenant
from .test_zhejiang import FIRST, FOUR, PRODUCT, stay, subsidy
from .world import Person, World, errors, fields, together

pytestmark = pytest.mark.feature("B.01", "N.04")


@pytest_asyncio.fixture
async def zhejiang(union: Callable[[str], Awaitable[World]]) -> World:
    return await union("zhejiang")


@pytest_asyncio.fixture
async def person(zhejiang: World) -> Person:
    return await zhejiang.cover(product_code=PRODUCT)


async def sent(zhejiang: World, person: Person, kind: str, papers: list[dict[str, Any]]) -> Any:
    return await zhejiang.send_in(person.actor, await subsidy(zhejiang, person, *papers, kind=kind))


async def test_the_papers_of_one_stay_serve_all_three_subsidies(zhejiang: World, person: Person) -> None:
    """Each is calculated by itself; both hospital subsidies together stay below what the person paid."""
    papers = await stay(zhejiang, person, "1", cash="30000.00")
    ordinary = (await sent(zhejiang, person, "ordinary-hospital", papers)).json()
    # 4000 × 30 % + 15000 × 40 % + 10000 × 50 %, capped at 10000 a stay
    assert ordinary["amount"] == "10000.00"
    large = (await sent(zhejiang, person, "large-expense", papers)).json()
    assert large["amount"] == "2000.00", large["not_paid"]
    assert Decimal(ordinary["amount"]) + Decimal(large["amount"]) <= Decimal(30_000)
    reasons = {
        reason["code"]
        for reason in (await zhejiang.read(zhejiang.role("city_reviewer"), large))["review_reasons"]
    }
    assert "picture.similar" not in reasons
    kinds = {"pathology": "pathology", "examination": "diagnosis"}
    reports = [
        {
            "receipt": await zhejiang.paper(person.actor, person.name, kind=kinds.get(rule, "other")),
            "rule": rule,
        }
        for rule in FOUR
    ]
    told = fields(illness="malignant-tumour", diagnosed_on=FIRST.isoformat())
    claim = await subsidy(zhejiang, person, *papers, *reports, kind="critical-illness", fields=told)
    answer = await zhejiang.send_in(person.actor, claim)
    assert answer.status_code == 200, answer.text
    assert answer.json()["amount"] == "20000.00"


async def test_what_both_hospital_subsidies_pay_is_never_more_than_the_cost(
    zhejiang: World, person: Person
) -> None:
    papers = await stay(zhejiang, person, "1", cash="60000.00")
    first = (await sent(zhejiang, person, "ordinary-hospital", papers)).json()
    second = (await sent(zhejiang, person, "large-expense", papers)).json()
    assert Decimal(first["amount"]) + Decimal(second["amount"]) <= Decimal(60_000)
    assert second["amount"] == "9000.00"  # 30000 × 20 % + 10000 × 30 %


async def test_in_one_kind_a_stay_is_used_once(zhejiang: World, person: Person) -> None:
    papers = await stay(zhejiang, person, "1")
    assert (await sent(zhejiang, person, "ordinary-hospital", papers)).status_code == 200
    assert (await sent(zhejiang, person, "large-expense", papers)).status_code == 200
    for kind in ("ordinary-hospital", "large-expense"):
        refused = await sent(zhejiang, person, kind, papers)
        assert refused.status_code == 422 and refused.json()["code"] == "claim.receipt_already_claimed"
        assert "claim.stay_already_claimed" in errors(refused)


async def test_another_person_uses_none_of_it_in_any_kind(zhejiang: World, person: Person) -> None:
    """A namesake's claim of another kind, with the same number, is refused as ever, also after the first is gone."""
    claim = await subsidy(zhejiang, person, *await stay(zhejiang, person, "1"))
    assert (await zhejiang.send_in(person.actor, claim)).status_code == 200
    namesake = await zhejiang.cover(person.name, product_code=PRODUCT)
    refused = await sent(zhejiang, namesake, "large-expense", await stay(zhejiang, namesake, "1"))
    assert refused.json()["code"] == "claim.receipt_already_claimed"


async def test_the_use_that_is_left_keeps_others_away(zhejiang: World, person: Person) -> None:
    """The first claim is withdrawn; the second, of another kind, still holds the receipt; then it is free."""
    papers = await stay(zhejiang, person, "1", verified=False)
    first = (await sent(zhejiang, person, "ordinary-hospital", papers)).json()
    second = (await sent(zhejiang, person, "large-expense", papers)).json()
    namesake = await zhejiang.cover(person.name, product_code=PRODUCT)
    theirs = await subsidy(zhejiang, namesake, *await stay(zhejiang, namesake, "1"), kind="critical-illness")
    hers = await subsidy(zhejiang, namesake, *await stay(zhejiang, namesake, "1"))
    await zhejiang.client.post(f"/claims/{first['id']}/withdraw", person.actor)
    for claim in (hers, theirs):
        assert "claim.receipt_already_claimed" in errors(await zhejiang.send_in(namesake.actor, claim))
    # the person themselves may use it anew in the kind that was withdrawn
    again = await sent(zhejiang, person, "ordinary-hospital", papers)
    assert again.status_code == 200, again.text
    for claim in (second, again.json()):
        await zhejiang.client.post(f"/claims/{claim['id']}/withdraw", person.actor)
    assert await zhejiang.count(Evidence) == 0
    assert (await zhejiang.send_in(namesake.actor, hers)).status_code == 200


async def test_days_that_differ_between_the_kinds_are_refused(zhejiang: World, person: Person) -> None:
    papers = await stay(zhejiang, person, "1")
    first = (await sent(zhejiang, person, "ordinary-hospital", papers)).json()
    later = await stay(zhejiang, person, "2", admitted=FIRST + timedelta(days=2), days=8)
    refused = await sent(zhejiang, person, "large-expense", later)
    (error,) = refused.json()["errors"]
    assert (error["code"], error["field"]) == ("claim.stay_days_differ", "stays.1.admission_date")
    assert first["number"] in error["message"] and f"{FIRST}" in error["message"]


async def test_at_once_each_kind_has_it_once_and_one_person_has_it(zhejiang: World, person: Person) -> None:
    """Two claims of each kind, and a namesake's of both, all at the same moment."""
    namesake = await zhejiang.cover(person.name, product_code=PRODUCT)
    claims = []
    for owner, times in ((person, 2), (namesake, 1)):
        papers = await stay(zhejiang, owner, "1")
        for kind in ("ordinary-hospital", "large-expense"):
            claims += [(owner, await subsidy(zhejiang, owner, *papers, kind=kind)) for _ in range(times)]
    answers = await together(*(zhejiang.send_in(owner.actor, claim) for owner, claim in claims))
    won = [
        (owner.id, claim["kind"]) for (owner, claim), a in zip(claims, answers, strict=True) if a.is_success
    ]
    assert len({owner for owner, _ in won}) == 1
    assert sorted(kind for _, kind in won) == ["large-expense", "ordinary-hospital"]
    assert await zhejiang.count(Evidence, Evidence.kind == "receipt", Evidence.share == "") == 1


async def test_without_the_packs_word_kinds_share_nothing(zhejiang: World, new_tenant: NewTenant) -> None:
    pack = load_pack(ROOT / "tenants" / "zhejiang.yaml")
    apart = tuple(kind.model_copy(update={"shares_stays_with": ()}) for kind in pack.claims)
    context = zhejiang.client.context
    world = World(zhejiang.client, await new_tenant(context, pack=pack.model_copy(update={"claims": apart})))
    await world.approve_unit()
    person = await world.cover(product_code=PRODUCT)
    papers = await stay(world, person, "1")
    assert (await sent(world, person, "ordinary-hospital", papers)).status_code == 200
    refused = await sent(world, person, "large-expense", papers)
    assert errors(refused) == {"claim.receipt_already_claimed", "claim.stay_already_claimed"}
    other = await stay(world, person, "2")
    assert errors(await sent(world, person, "large-expense", other)) == {"claim.stay_already_claimed"}


async def test_the_help_page_says_what_the_pack_does(zhejiang: World) -> None:
    pack = zhejiang.tenant.pack
    assert "每一种补助" in pack.article("faq-twice").body.zh
    kinds = {kind.code for kind in pack.claims}
    assert all({kind.code, *kind.shares_stays_with} == kinds for kind in pack.claims)
