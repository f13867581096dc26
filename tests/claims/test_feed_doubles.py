"""A line that does not become a claim makes no other line a duplicate."""

from datetime import timedelta

import pytest

from claims.intake.models import Claim, Evidence
from common.clock import today

from .test_feed import as_csv, line, states
from .world import Person, World


async def decided(world: World, data: bytes, rounds: int = 1) -> dict[str, int]:
    file = (await world.feed(data)).json()
    for _ in range(rounds):
        await world.decide_feed()
    return await states(world, file["id"])


@pytest.mark.feature("C.09", "N.04")
async def test_a_line_whose_receipt_is_taken_does_not_take_the_stay(world: World, person: Person) -> None:
    """Two bills of one stay: the first one's receipt is in another member's claim, the second one is paid."""
    await world.fund()
    assert await decided(world, as_csv(line(await world.cover("王芳"), "0", receipt_number="R-taken"))) == {
        "decided": 1
    }
    admitted = today() - timedelta(days=41)
    first = line(person, "1", receipt_number="R-taken", admission_date=admitted.isoformat())
    both = as_csv(first, line(person, "2"))
    assert await decided(world, both) == {"duplicate": 1, "decided": 1}
    (claim,) = (await world.client.get("/claims", person.actor)).json()["items"]
    assert claim["status"] == "approved"
    assert await world.count(Evidence, Evidence.claim_id == claim["id"]) == 1


@pytest.mark.feature("C.09", "N.04")
async def test_a_chain_of_lines_is_set_apart_by_those_that_stand(world: World, person: Person) -> None:
    """The first loses its receipt; so the second stands; so the third, which overlaps the second, is one too many."""
    await world.fund()
    await decided(world, as_csv(line(await world.cover("王芳"), "0", receipt_number="R-taken")))
    start = today() - timedelta(days=60)

    def stay(number: int, **changes: str) -> dict[str, str]:
        begins = start + timedelta(days=8 * number)
        days = {"admission_date": begins, "discharge_date": begins + timedelta(days=10)}
        return line(person, f"stay-{number}", **{k: v.isoformat() for k, v in days.items()}, **changes)

    data = as_csv(stay(0, receipt_number="R-taken"), stay(1), stay(2), stay(3))
    assert await decided(world, data) == {"duplicate": 2, "decided": 2}
    assert await world.count(Claim, Claim.person_id == person.id) == 2


@pytest.mark.feature("C.09")
async def test_a_claim_that_came_to_nothing_holds_no_other_line_back(world: World, person: Person) -> None:
    """The first bill of a stay has nothing to pay; the bill that corrects it is decided in the next round."""
    await world.fund()
    nothing = line(person, "1", cash_paid="0.00", total_cost="2000.00")
    assert await decided(world, as_csv(nothing, line(person, "2")), rounds=2) == {
        "nothing_due": 1,
        "decided": 1,
    }
    found = (await world.client.get("/claims", person.actor)).json()["items"]
    assert sorted(claim["status"] for claim in found) == ["approved", "rejected"]


@pytest.mark.feature("C.09", "N.04")
async def test_one_stay_twice_in_a_file_is_paid_once(world: World, person: Person) -> None:
    await world.fund()
    same = as_csv(line(person, "1"), line(person, "2"), line(person, "3", receipt_number="R1"))
    assert await decided(world, same, rounds=2) == {"decided": 1, "duplicate": 2}
