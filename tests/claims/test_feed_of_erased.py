"""Lines of the settlement feed that came to no claim are a person's too: given to them, and blanked (row N.07)."""

from typing import Any

import pytest
from sqlalchemy import select

from claims.consumers import SUBSCRIPTIONS
from claims.export import TABLES
from claims.feed.models import FeedLine
from claims.sealed import SEALED
from common.contracts.identity import PersonErased
from common.export import rows_of_person
from common.ids import new_id

from .test_feed import as_csv, line, states
from .world import Person, World

OLD = {"admission_date": "2001-02-01", "discharge_date": "2001-02-08"}


async def lines(world: World) -> dict[str, FeedLine]:
    async with world.client.context.db.transaction(world.tenant.id) as session:
        rows = await session.execute(select(FeedLine).where(FeedLine.tenant_id == world.tenant.id))
        return {row.source_id: row for row in rows.scalars()}


@pytest.mark.feature("N.07", "C.09")
async def test_lines_without_a_claim_go_with_the_person_and_are_given_to_them(world: World) -> None:
    """Not covered on the day, or not yet decided: the line names a hospital and an illness all the same."""
    person, other = await world.cover(), await world.cover("钱二")
    feed = as_csv(line(person, "1", **OLD, icd10="C50"), line(other, "2", **OLD))
    file = (await world.feed(feed)).json()
    await world.decide_feed()
    assert await states(world, file["id"]) == {"not_covered": 2}
    waiting = (await world.feed(as_csv(line(person, "3", **OLD)))).json()
    keys = world.tenant.keys
    async with world.client.context.db.transaction(world.tenant.id) as session:
        held = await rows_of_person(session, person_id=person.id, keys=keys, tables=TABLES, values=SEALED)
    assert [one["source_id"] for one in held["feed_line"]] == ["1", "3"], "the person's own, nobody else's"
    await erased(world, person)
    found = await lines(world)
    for number in ("1", "3"):
        assert (found[number].facts, found[number].document_index) == (None, None), number
    assert found["2"].facts is not None and found["2"].document_index is not None
    await world.decide_feed()
    assert await states(world, waiting["id"]) == {"new": 1}, "there is nothing left to decide"
    shown = await world.client.get(f"/feed/files/{file['id']}/lines", world.staff("claims_checker"))
    listed: dict[str, Any] = {one["line_no"]: one for one in shown.json()["items"]}
    assert [one["name"] is None for _, one in sorted(listed.items())] == [True, False], shown.text


async def erased(world: World, person: Person) -> None:
    assert any(one.event is PersonErased for one in SUBSCRIPTIONS)
    await world.tell(PersonErased(person_id=person.id, request_id=new_id()), times=2)
