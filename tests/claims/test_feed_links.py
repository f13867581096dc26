"""Names that fit nobody in a settlement file are told, and fit once the back office has linked them (row C.14)."""

from datetime import timedelta
from typing import Any

import pytest

from claims.copies.models import UnitAlias
from common.clock import now, set_to, today
from common.contracts.identity import MemberChanged, PersonFact, UnitFact, UnitNameLinked, UnitsSnapshot
from common.ids import new_id

from .test_feed import as_csv, line, states
from .world import Person, World, id_number

pytestmark = pytest.mark.feature("C.14")


def fact(world: World, person: Person, *, name: str, serial: int, version: int = 5) -> MemberChanged:
    keys = world.tenant.keys
    return MemberChanged(
        member=PersonFact(
            person_id=person.id, version=version, document_kind="resident_id", state="confirmed",
            document_number=keys.sealed(id_number(serial), context="person.document", kind="document"),
            name=keys.sealed(name, context="person.name"), effective_on=today(), unit_id=person.policy.unit_id,
        )
    )  # fmt: skip


async def unmatched(world: World) -> list[dict[str, Any]]:
    told = await world.events("claims.settlements_unmatched.v1")
    return [item for event in told for item in event.data["lines"]]


async def test_a_changed_name_lets_the_waiting_line_fit(world: World, person: Person) -> None:
    await world.fund()
    file = (await world.feed(as_csv(line(person, "1", name="许小霞")))).json()
    await world.decide_feed()
    assert await states(world, file["id"]) == {"unmatched": 1}
    assert [item["reason"] for item in await unmatched(world)] == ["feed.name_differs"]
    await world.tell(fact(world, person, name="许小霞", serial=person.serial), times=2)
    await world.decide_feed()
    assert await states(world, file["id"]) == {"decided": 1}


async def test_a_corrected_number_lets_the_waiting_line_fit(world: World, person: Person) -> None:
    await world.fund()
    file = (await world.feed(as_csv(line(person, "1", id_number=id_number(777))))).json()
    await world.decide_feed()
    assert [item["reason"] for item in await unmatched(world)] == ["feed.unmatched"]
    await world.tell(fact(world, person, name=person.name, serial=777))
    await world.decide_feed()
    assert await states(world, file["id"]) == {"decided": 1}


async def test_of_two_people_who_ever_had_a_number_the_named_one_is_meant(world: World) -> None:
    await world.fund()
    wrong = await world.cover("许晓霞")
    right = await world.cover("王建国")
    await world.tell(fact(world, wrong, name="许晓霞", serial=901))
    await world.tell(fact(world, right, name="王建国", serial=wrong.serial))
    await world.feed(as_csv(line(right, "1", id_number=id_number(wrong.serial))))
    await world.decide_feed()
    assert len((await world.client.get("/claims", right.actor)).json()["items"]) == 1
    assert (await world.client.get("/claims", wrong.actor)).json()["items"] == []


async def test_another_name_of_the_unit_is_told_once_and_no_more_when_linked(
    world: World, person: Person
) -> None:
    await world.fund()
    unit_id = person.policy.unit_id
    known = UnitFact(
        unit_id=unit_id, version=9, name="无锡试验有限公司", credit_code="81320200MC0000001M", org_path="/binhu/",
        status="approved",
    )  # fmt: skip
    await world.tell(UnitsSnapshot(snapshot_id=new_id(), units=[known]))
    same = line(person, "1", unit_name="无锡试验（有限公司）")
    other = line(person, "2", unit_name="无锡试验厂", receipt_number="R2", event="critical_illness",
                 event_date=today().isoformat(), icd10="C34.1")  # fmt: skip
    await world.feed(as_csv(same, other))
    await world.decide_feed()
    (told,) = await unmatched(world)
    assert (told["reason"], told["unit_name"], told["unit_id"]) == (
        "feed.unit_differs",
        "无锡试验厂",
        str(unit_id),
    )
    listed = (await world.client.get("/claims", person.actor)).json()["items"]
    assert len(listed) == 2, "nobody waits for money because of a unit's name"
    await world.tell(UnitNameLinked(source="settlement", unit_name="无锡试验厂", unit_id=unit_id), times=2)
    assert await world.count(UnitAlias) == 1
    later = await world.cover("李梅", unit_id=unit_id)
    await world.feed(as_csv(line(later, "3", unit_name="无锡 试验厂")))
    await world.decide_feed()
    assert len(await unmatched(world)) == 1, "linked once, known from then on"


async def test_a_later_link_counts_and_an_older_one_does_not(world: World) -> None:
    first, second = new_id(), new_id()
    old = UnitNameLinked(source="settlement", unit_name="无锡试验厂", unit_id=first)
    new = UnitNameLinked(source="history", unit_name="无锡试验厂", unit_id=second)
    await world.tell(new)
    with set_to(now() - timedelta(hours=1)):
        await world.tell(old)
    assert await world.count(UnitAlias, UnitAlias.unit_id == second) == 1
    await world.tell(old)
    assert await world.count(UnitAlias, UnitAlias.unit_id == first) == 1
