"""What changed between upload, submission and the first day of cover: age, membership, unit (rows C.05, D.06, D.07)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from common.clock import now, set_to, today
from common.consumer import Worker
from common.ids import new_id
from enrollment.issuing.jobs import issue_policies
from enrollment.orders.models import Order

from .beijing import Beijing, born_years_ago, member, number_of
from .world import World, id_number, person

LEAVE_OUT = {"leave_out_not_insurable": True}


def shortly_before_sixty(serial: int, *, days: int) -> dict[str, str]:
    """A man who turns 60 in so many days."""
    return member(serial) | {"id_number": number_of(serial, born_years_ago(60, days=-days), woman=False)}


async def uploaded(beijing: Beijing, *people: dict[str, str]) -> str:
    order = await beijing.order(requested_start=today().isoformat())
    await beijing.admit(list(people))
    await beijing.upload(order, people)
    assert (await beijing.state(order))["insurable"] == len(people)
    return order


async def submit_changed(beijing: Beijing, order: str, code: str) -> dict[str, Any]:
    """Submitting is refused; leaving out those who no longer fit goes, and says why they were."""
    refused = await beijing.submit(order)
    assert (refused.status_code, refused.json()["code"]) == (409, "order.register_changed"), refused.text
    submitted = await beijing.submit(order, **LEAVE_OUT)
    assert submitted.status_code == 200, submitted.text
    assert list((await beijing.reasons(order)).values()) == [[code]]
    return dict(submitted.json())


@pytest.mark.feature("D.06")
async def test_a_birthday_between_upload_and_submission(beijing: Beijing) -> None:
    order = await beijing.order()
    people = [shortly_before_sixty(1, days=40), member(2)]
    await beijing.admit(people)
    await beijing.upload(order, people)
    assert (await beijing.state(order))["insurable"] == 2
    with set_to(now() + timedelta(days=62)):
        beijing.__post_init__()
        done = await submit_changed(beijing, order, "age.over")
    assert (done["people"], done["left_out"]) == (1, 1)


@pytest.mark.feature("D.07")
@pytest.mark.parametrize(
    ("change", "code"),
    [({"unit_id": new_id()}, "member.other_unit"), ({"state": "cancelled"}, "member.unknown")],
)
async def test_membership_or_unit_changed_between_upload_and_submission(
    beijing: Beijing, change: dict[str, Any], code: str
) -> None:
    moved, stays = member(1), member(2)
    order = await uploaded(beijing, moved, stays)
    await beijing.admit([moved], version=9, **change)
    done = await submit_changed(beijing, order, code)
    assert (done["people"], done["left_out"], done["amount_due"] != "0.00") == (1, 1, True)


@pytest.mark.feature("D.06")
async def test_who_fits_no_longer_on_the_first_day_of_cover_gets_the_money_back(
    beijing: Beijing, worker: Worker, emitted_of: Any
) -> None:
    """The payment took so long that one of two people turned 60 before cover begins."""
    order = await uploaded(beijing, shortly_before_sixty(1, days=5), member(2))
    submitted = (await beijing.submit(order)).json()
    await beijing.reviewed(order)
    await beijing.pay(order, submitted["amount_due"])
    await beijing.post(f"/orders/{order}/payment/confirm", beijing.finance)
    async with beijing.client.context.db.transaction(beijing.tenant.id) as session:
        late = Order.starts_on + timedelta(days=30)
        await session.execute(
            update(Order).where(Order.tenant_id == beijing.tenant.id).values(starts_on=late)
        )
    await issue_policies(worker.context, beijing.tenant.id)
    state = await beijing.state(order)
    assert (state["status"], state["issued"], state["skipped"]) == ("done", 1, 1), state
    assert list((await beijing.reasons(order)).values()) == [["age.over"]]
    owed = [e.data for e in await emitted_of(beijing) if e.type == "enrollment.refund_due.v1"]
    half = f"{float(submitted['amount_due']) / 2:.2f}"
    assert [(due["reason"], due["amount"], due["people"]) for due in owed] == [("not_eligible", half, 1)]


async def test_everybody_is_judged_in_batches(world: World) -> None:
    """More people than one batch; those of the last one are judged as well."""
    order = await world.order()
    await world.upload(order, [person(n) for n in range(1_050)])
    facts = [world.person_fact(id_number(n), "另一姓名") for n in (3, 700, 1_049)]
    await world.tell_persons(facts)
    refused = await world.submit(order)
    assert (refused.status_code, "3 人" in refused.json()["detail"]) == (409, True), refused.text
    assert (await world.submit(order, **LEAVE_OUT)).json()["people"] == 1_047
