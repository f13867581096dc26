"""Campaigns that come with a pack: put up once, filled, joined; the staff's changes stay."""

from pathlib import Path
from typing import Any

import pytest

from activities.installing.consumers import SUBSCRIPTION
from common.clock import now
from common.contracts.identity import TenantConfigured
from common.contracts.pack import load_pack
from common.events.outbox import wrap

from .conftest import Fair
from .people import admitted, deliver, issued, person, policy, tell
from .quizzing import entered

TENANTS = Path(__file__).resolve().parents[2] / "tenants"
PACKS = sorted(path.stem for path in TENANTS.glob("*.yaml") if load_pack(path).activities)


async def install(fair: Fair, code: str, times: int = 1) -> None:
    pack = load_pack(TENANTS / f"{code}.yaml")
    event = TenantConfigured(
        code=fair.tenant.code, pack_version=pack.version + 1000, effective_from=now(), pack=pack.to_dict(),
        keys=[],
    )  # fmt: skip
    envelope = wrap(event, fair.tenant.id)
    for _ in range(times):
        await deliver(fair.client, envelope, subscriptions=[SUBSCRIPTION])


async def offered(fair: Fair, member: Any) -> dict[str, dict[str, Any]]:
    answer = await fair.client.get("/campaigns", member, params={"scope": "all"})
    return {row["title"]: row for row in answer.json()["items"]}


@pytest.mark.parametrize("code", PACKS)
async def test_every_campaign_of_a_pack_is_put_up_once_and_can_be_joined(fair: Fair, code: str) -> None:
    await install(fair, code, times=2)
    pack = load_pack(TENANTS / f"{code}.yaml")
    rows = (await fair.client.get("/campaigns/managed", fair.officer)).json()["items"]
    assert sorted(row["code"] for row in rows) == sorted(one.code for one in pack.activities)
    for row in rows:
        assert row["state"] == "published"
        assert row["codes_left"] or row["capacity"] or row["has_quiz"], row["title"]
    member = fair.member()
    person_id: Any = member.person_id
    products = {product.code for product in pack.products}
    await tell(
        fair.client, fair.tenant, admitted(person(fair.tenant, person_id)),
        issued(*(policy(fair.tenant, person_id, product) for product in products)),
    )  # fmt: skip
    for offer in (await offered(fair, member)).values():
        assert offer["may_join"], (offer["title"], offer["reasons"])
        if offer["has_quiz"]:
            assert (await entered(fair, offer["id"], member))["present"]["words"]


@pytest.mark.feature("E.04")
async def test_the_health_check_is_for_who_is_covered(fair: Fair) -> None:
    await install(fair, "beijing")
    member = fair.member()
    person_id: Any = member.person_id
    await tell(fair.client, fair.tenant, admitted(person(fair.tenant, person_id)))
    offer = (await offered(fair, member))["健康体检预约"]
    assert [reason["code"] for reason in offer["reasons"]] == ["audience.not_covered"]
    slots = (await fair.client.get(f"/campaigns/{offer['id']}/slots", member)).json()["items"]
    assert len(slots) == 30 and slots[0]["starts_at"] == "2026-12-06T23:30:00Z"
    await tell(fair.client, fair.tenant, issued(policy(fair.tenant, person_id, "inpatient")))
    body = {"slot_id": next(slot["id"] for slot in slots if slot["bookable"])}
    answer = await fair.client.post(f"/campaigns/{offer['id']}/bookings", member, json=body)
    assert answer.status_code == 201, answer.text


async def test_a_later_pack_leaves_what_staff_changed(fair: Fair) -> None:
    await install(fair, "beijing")
    rows = (await fair.client.get("/campaigns/managed", fair.officer)).json()["items"]
    umbrella = next(row for row in rows if row["code"] == "umbrella")
    await fair.client.post(f"/campaigns/{umbrella['id']}/end", fair.officer)
    await install(fair, "beijing")
    again = (await fair.client.get("/campaigns/managed", fair.officer)).json()["items"]
    assert len(again) == len(rows)
    assert next(row for row in again if row["code"] == "umbrella")["state"] == "ended"
