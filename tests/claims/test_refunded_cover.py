"""Cover that was ended and refunded, and a claim under it, in both orders and at once: a person looks (D.11, N.05)."""

import asyncio
import time
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import delete, select, text

from claims.consumers import SUBSCRIPTIONS
from claims.decisions.repository import DecisionRepository
from claims.payouts.refunds.models import PolicyRefund
from claims.statistics.models import Statistic
from common.bus.interface import Record, TopicPartition
from common.clock import today
from common.consumer.runtime import Runtime
from common.contracts.enrollment import PoliciesIssued, RefundDue
from common.contracts.refunds import RefundOfPolicy, RefundsSnapshot
from common.db import unscoped
from common.events.outbox import wrap
from common.ids import new_id

from .test_beijing import hospital
from .test_refunds import FAILED, payouts
from .world import Person, World

WAITING = unscoped(
    text("SELECT count(*) FROM pg_locks waits JOIN pg_locks holds ON holds.pid = pg_backend_pid()"
         " AND holds.locktype = 'advisory' AND holds.granted AND waits.locktype = 'advisory' AND NOT waits.granted"
         " AND (waits.classid, waits.objid) = (holds.classid, holds.objid)"),
    why="who waits for this transaction",
)  # fmt: skip


@pytest_asyncio.fixture
async def city(union: Any) -> World:
    made: World = await union("beijing")
    return made


def due(world: World, person: Person, **changes: Any) -> RefundDue:
    policy = person.policy
    values: dict[str, Any] = {
        "refund_id": new_id(), "reason": "terminated", "fund": "mutual", "product_code": policy.product_code,
        "amount": Decimal("40.00"), "due_on": today(), "payee": "member", "unit_id": world.unit_id,
        "person_id": person.id, "policy_id": policy.policy_id, "bank_card": policy.bank_card,
        "bank_name": policy.bank_name, "way": "transfer",
    }  # fmt: skip
    return RefundDue(**(values | changes))


async def covered(city: World) -> Person:
    return await city.cover(product_code="inpatient")


async def codes(city: World, person: Person, claim: dict[str, Any]) -> tuple[str, set[str]]:
    answer = (await city.client.get(f"/claims/{claim['id']}", person.actor)).json()
    return answer["status"], {reason["code"] for reason in answer["review_reasons"]}


@pytest.mark.feature("D.11", "N.05")
async def test_a_refund_beside_a_claim_waits_for_a_person(city: World) -> None:
    person = await covered(city)
    claim = (await city.send_in(person.actor, await hospital(city, person))).json()
    await city.tell(due(city, person), times=2)
    (held,) = await payouts(city)
    assert (held["status"], held["card"]) == ("awaiting_card", None)
    assert claim["number"] in held["failure"] and "核实" in held["failure"]
    assert len(await city.events(FAILED)) == 1


@pytest.mark.feature("D.11", "N.03")
@pytest.mark.parametrize("way", ["transfer", "online", "instead"])
async def test_a_claim_under_cover_that_was_refunded_is_looked_at(city: World, way: str) -> None:
    """Whichever way it went; one that a bank pays instead is not counted twice."""
    person = await covered(city)
    claim = await hospital(city, person)
    first = due(city, person, way="transfer" if way == "transfer" else "online")
    await city.tell(first, times=2)
    if way == "instead":
        await city.tell(first.model_copy(update={"way": "transfer", "instead": True}))
    statuses = [(one["status"], bool(one["failure"])) for one in await payouts(city)]
    expected: dict[str, list[tuple[str, bool]]] = {
        "transfer": [("waiting", False)], "online": [], "instead": [("awaiting_card", True)],
    }  # fmt: skip
    assert statuses == expected[way]
    sent = (await city.send_in(person.actor, claim)).json()
    assert sent["status"] == "in_review"
    (reason,) = [r for r in sent["review_reasons"] if r["code"] == "policy.refunded"]
    assert "40.00" in str(reason)


@pytest.mark.feature("D.11", "N.03")
async def test_a_refund_that_went_online_before_policies_were_kept_is_seen_once_it_is_told_again(
    city: World,
) -> None:
    person = await covered(city)
    claim = await hospital(city, person)
    first = due(city, person, way="online")
    await city.tell(first)
    async with city.client.context.db.transaction(city.tenant.id) as session:
        await session.execute(delete(PolicyRefund))  # as it stood before 0023: no payout, no row
    one = RefundOfPolicy(refund_id=first.refund_id, policy_id=person.policy.policy_id, amount=first.amount)
    await city.tell(RefundsSnapshot(batch_id=new_id(), refunds=[one]), times=2)
    await city.tell(RefundsSnapshot(batch_id=new_id(), refunds=[one]))
    assert await payouts(city) == [], "nobody is paid for it"
    sent = (await city.send_in(person.actor, claim)).json()
    (reason,) = [r for r in sent["review_reasons"] if r["code"] == "policy.refunded"]
    assert sent["status"] == "in_review" and "40.00" in str(reason)


@pytest.mark.feature("D.11")
@pytest.mark.parametrize("changes", [{"policy_id": None}, {"reason": "not_eligible", "policy_id": None}])
async def test_a_refund_of_no_policy_is_nobodys_business(city: World, changes: dict[str, Any]) -> None:
    person = await covered(city)
    claim = await hospital(city, person)
    await city.tell(due(city, person, **changes))
    assert (await payouts(city))[0]["status"] == "waiting"
    assert (await city.send_in(person.actor, claim)).json()["status"] == "approved"


@pytest.mark.feature("D.11", "N.05", "P.04")
async def test_both_at_once_one_sees_the_other(city: World) -> None:
    """Whichever comes first: never is the refund sent and the claim decided by rule."""
    people = [await covered(city) for _ in range(3)]
    claims = [await hospital(city, person, number=f"110000001{n}") for n, person in enumerate(people)]
    await asyncio.gather(
        *(city.send_in(person.actor, claim) for person, claim in zip(people, claims, strict=True)),
        *(city.tell(due(city, person)) for person in people),
    )
    refunds = await payouts(city)
    assert len(refunds) == 3
    for person, claim in zip(people, claims, strict=True):
        status, reasons = await codes(city, person, claim)
        (refund,) = [one for one in refunds if one["policy_id"] == str(person.policy.policy_id)]
        held = refund["status"] == "awaiting_card"
        assert held != ("policy.refunded" in reasons), (refund, status, reasons)
        assert held == (status == "approved")


async def until_waited_for(session: Any) -> None:
    """Wait until somebody waits for a person that this transaction holds."""
    deadline = time.monotonic() + 60
    while not (await session.execute(WAITING)).scalar_one():
        assert time.monotonic() < deadline, "nobody waits"
        await asyncio.sleep(0.02)


async def tell_in_one_batch(world: World, *events: RefundDue) -> None:
    envelopes = [wrap(event, world.tenant.id) for event in events]
    records = [Record("enrollment", 0, one.subject.encode(), one.encode(), 0) for one in envelopes]
    runtime = Runtime(world.client.context, SUBSCRIPTIONS, None)  # type: ignore[arg-type]
    await runtime.handle({TopicPartition("enrollment", 0): records})


@pytest.mark.feature("D.11", "P.04")
@pytest.mark.parametrize("others", [0, 1], ids=["alone", "behind another of its batch"])
async def test_a_refund_that_waits_for_a_decision_holds_no_counter(city: World, others: int) -> None:
    """Whoever decides about the person counts and books next: each would wait for the other."""
    people = [await covered(city) for _ in range(others + 1)]
    await city.tell(due(city, people[0]))  # the counters exist
    async with city.client.context.db.transaction(city.tenant.id) as session:
        await DecisionRepository(session, city.tenant.id).hold_persons([people[-1].id])
        told = asyncio.create_task(tell_in_one_batch(city, *(due(city, person) for person in people)))
        await until_waited_for(session)
        counters = (await session.execute(select(Statistic).with_for_update(nowait=True))).scalars().all()
        assert counters
    await told
    assert [one["status"] for one in await payouts(city)] == ["waiting"] * (others + 2)


@pytest.mark.feature("D.11")
async def test_a_case_outside_the_term_holds_no_refund(city: World) -> None:
    person = await covered(city)
    await city.send_in(person.actor, await hospital(city, person))
    later = person.policy.model_copy(update={"policy_id": new_id(), "starts_on": today() - timedelta(days=3)})
    await city.tell(PoliciesIssued(batch_id=new_id(), policies=[later]))
    await city.tell(due(city, person, policy_id=later.policy_id))
    assert (await payouts(city))[0]["status"] == "waiting"
