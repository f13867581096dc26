"""Who may join: judged on copies that events feed; every reason is named; older facts change nothing."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from activities.erasure import SUBSCRIPTION as ERASURE
from common.auth import Actor
from common.clock import today
from common.contracts.enrollment import PolicyTerminated
from common.contracts.identity import MemberTransferred, PersonErased
from common.events.outbox import wrap
from common.ids import new_id

from .conftest import MANAGE, Fair
from .people import admitted, deliver, issued, person, policy, tell, unit

PRODUCT = "three-in-one"


async def reasons(fair: Fair, member: Actor, campaign: str) -> list[str]:
    offer = (await fair.client.get(f"/campaigns/{campaign}", member)).json()
    assert offer["may_join"] == (offer["reasons"] == [])
    return [reason["code"] for reason in offer["reasons"]]


@pytest.mark.feature("E.04")
async def test_every_condition_that_does_not_hold_is_named(fair: Fair) -> None:
    campaign = await fair.published(
        audience={
            "members_only": True,
            "branches": ["/binhu/"],
            "age_from": 40,
            "sex": "male",
            "covered_by": [PRODUCT],
        }
    )
    member = fair.member()
    home = new_id()
    await tell(
        fair.client,
        fair.tenant,
        unit(home, "/liangxi/"),
        admitted(person(fair.tenant, member.person_id, state="new", unit_id=home)),  # type: ignore[arg-type]
    )
    expected = [
        "audience.not_a_member", "audience.other_unit", "audience.too_young", "audience.other_sex",
        "audience.not_covered",
    ]  # fmt: skip
    assert await reasons(fair, member, campaign) == expected
    answer = await fair.receive(campaign, member)
    assert (answer.status_code, answer.json()["code"]) == (403, "audience.not_for_you")
    assert [error["code"] for error in answer.json()["errors"]] == expected
    assert all("。" in error["message"] for error in answer.json()["errors"])
    assert await fair.stock(campaign) == (3, 3)
    assert (await fair.client.get("/campaigns", member)).json()["items"] == []
    everything = (await fair.client.get("/campaigns", member, params={"scope": "all"})).json()["items"]
    assert [row["id"] for row in everything] == [campaign]


@pytest.mark.feature("E.04")
async def test_who_meets_all_conditions_joins(fair: Fair) -> None:
    campaign = await fair.published(
        audience={
            "members_only": True,
            "branches": ["/binhu/"],
            "age_from": 18,
            "age_to": 60,
            "sex": "female",
            "covered_by": [PRODUCT],
        }
    )
    member, home = fair.member(), new_id()
    assert await reasons(fair, member, campaign) == ["audience.person_unknown"]
    facts = (
        unit(home, "/binhu/taihu/"),
        admitted(person(fair.tenant, member.person_id, unit_id=home)),  # type: ignore[arg-type]
        issued(policy(fair.tenant, member.person_id, PRODUCT)),  # type: ignore[arg-type]
    )
    for _ in range(2):  # told twice, known once
        await tell(fair.client, fair.tenant, *facts)
    assert await reasons(fair, member, campaign) == []
    mine = (await fair.client.get("/campaigns", member)).json()["items"]
    assert [row["id"] for row in mine] == [campaign]
    await fair.rewarded(campaign, member)
    (event,) = await fair.said("activities.reward_issued.v1")
    assert event.data["unit_id"] == str(home)


async def test_older_facts_are_ignored_and_newer_ones_count(fair: Fair) -> None:
    campaign = await fair.published(audience={"branches": ["/binhu/"], "covered_by": [PRODUCT]})
    member, inside, outside, cover = fair.member(), new_id(), new_id(), new_id()
    person_id: Any = member.person_id
    policies = policy(fair.tenant, person_id, PRODUCT, policy_id=cover, version=2)
    await tell(
        fair.client,
        fair.tenant,
        unit(inside, "/binhu/"),
        unit(outside, "/liangxi/"),
        admitted(person(fair.tenant, person_id, unit_id=inside, version=5)),
        issued(policies),
    )
    assert await reasons(fair, member, campaign) == []
    old = person(fair.tenant, person_id, unit_id=outside, version=4)
    await tell(fair.client, fair.tenant, MemberTransferred(member=old, to_unit_id=outside))
    assert await reasons(fair, member, campaign) == []
    new = person(fair.tenant, person_id, unit_id=outside, version=6)
    await tell(fair.client, fair.tenant, MemberTransferred(member=new, to_unit_id=outside))
    assert await reasons(fair, member, campaign) == ["audience.other_unit"]
    await tell(fair.client, fair.tenant, unit(outside, "/binhu/huazhuang/", version=2))
    assert await reasons(fair, member, campaign) == []
    ended = policies.model_copy(update={"version": 3, "status": "terminated"})
    yesterday = today() - timedelta(days=1)
    await tell(fair.client, fair.tenant, PolicyTerminated(policy=ended, ended_on=yesterday))
    assert await reasons(fair, member, campaign) == ["audience.not_covered"]
    await tell(fair.client, fair.tenant, issued(policies))
    assert await reasons(fair, member, campaign) == ["audience.not_covered"]


async def test_nothing_personal_stands_in_clear_in_the_copies(fair: Fair) -> None:
    member = fair.member()
    born = date(1987, 3, 14)
    fact = person(fair.tenant, member.person_id, born=born, name="欧阳小芳")  # type: ignore[arg-type]
    await tell(fair.client, fair.tenant, admitted(fact))
    async with fair.client.context.db.transaction(fair.tenant.id) as session:
        row = (await session.execute(text("SELECT row_to_json(p)::text FROM person_copy p"))).scalar_one()
    assert not any(word in row for word in ("1987", "female", "欧阳"))
    erased = wrap(PersonErased(request_id=new_id(), person_id=member.person_id), fair.tenant.id)  # type: ignore[arg-type]
    for _ in range(2):
        await deliver(fair.client, erased, subscriptions=[ERASURE])
    assert len(await fair.said("activities.person_erasure_done.v1")) == 1
    async with fair.client.context.db.transaction(fair.tenant.id) as session:
        name, facts = (await session.execute(text("SELECT name, facts FROM person_copy"))).one()
    assert fair.tenant.keys.open(name, context="person.name") == "已删除"
    assert fair.tenant.keys.open(facts, context="person.facts") == "{}"


@pytest.mark.parametrize(
    ("audience", "field"),
    [
        ({"branches": ["/atlantis/"]}, "audience.branches"),
        ({"covered_by": ["no-such-product"]}, "audience.covered_by"),
        ({"units": [str(new_id())]}, "audience.units"),
    ],
)
async def test_a_rule_about_what_there_is_not_is_refused(
    fair: Fair, audience: dict[str, Any], field: str
) -> None:
    answer = await fair.create(audience=audience)
    assert (answer.status_code, answer.json()["code"]) == (422, "audience.unknown")
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_ages_out_of_order_are_refused(fair: Fair) -> None:
    assert (await fair.create(audience={"age_from": 60, "age_to": 18})).status_code == 422


@pytest.mark.feature("E.04")
async def test_a_branch_plans_for_its_own_people_only(fair: Fair) -> None:
    officer = fair.client.mint.actor(fair.tenant, MANAGE, org_path="/binhu/")
    sibling = fair.client.mint.actor(fair.tenant, MANAGE, org_path="/liangxi/")
    branch = Fair(fair.client, fair.tenant, officer)
    campaign = await branch.published()
    shown = (await fair.client.get(f"/campaigns/managed/{campaign}", officer)).json()
    assert shown["org_path"] == "/binhu/"
    for body in ({"org_path": "/"}, {"org_path": "/liangxi/"}, {"audience": {"branches": ["/liangxi/"]}}):
        assert (await branch.create(**body)).json()["code"] == "campaign.out_of_reach"
    member, home = fair.member(), new_id()
    person_id: Any = member.person_id
    await tell(
        fair.client, fair.tenant, unit(home, "/liangxi/"), admitted(person(fair.tenant, person_id, unit_id=home))
    )  # fmt: skip
    assert await reasons(fair, member, campaign) == ["audience.other_unit"]
    for method, path in (
        ("GET", f"/campaigns/managed/{campaign}"),
        ("POST", f"/campaigns/{campaign}/pause"),
        ("POST", f"/campaigns/{campaign}/end"),
        ("GET", f"/campaigns/{campaign}/rewards"),
        ("GET", f"/campaigns/{campaign}/statistics"),
        ("POST", f"/campaigns/{campaign}/statistics/export"),
    ):
        assert (await fair.client.send(method, path, sibling)).status_code == 404, path
    assert (await fair.client.get("/campaigns/managed", sibling)).json()["items"] == []
    assert (await Fair(fair.client, fair.tenant, sibling).import_codes(campaign, "X-1")).status_code == 404
