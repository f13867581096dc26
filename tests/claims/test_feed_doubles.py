"""A line that does not become a claim makes no other line a duplicate."""

from datetime import timedelta

import pytest
import pytest_asyncio

from claims.intake.models import Claim, Evidence
from common.clock import today
from common.contracts.pack import TenantPack
from common.db import TenantRepository
from common.testing import Client

from .conftest import NewTenant
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


def sharing(pack: TenantPack, *pairs: tuple[str, str]) -> TenantPack:
    """The pack with kinds that may rest on the same stay."""
    kinds = [
        kind.model_copy(
            update={
                "shares_stays_with": tuple(b for a, b in (*pairs, *map(reverse, pairs)) if a == kind.code)
            }
        )
        for kind in pack.claims
    ]
    return pack.model_copy(update={"claims": tuple(kinds)})


def reverse(pair: tuple[str, str]) -> tuple[str, str]:
    return pair[1], pair[0]


@pytest_asyncio.fixture
async def shared(claims: Client, new_tenant: NewTenant, wuxi_pack: TenantPack) -> World:
    """A union whose hospital and critical-illness claims may rest on the same stay."""
    pack = sharing(wuxi_pack, ("hospital", "critical-illness"))
    made = World(claims, await new_tenant(claims.context, pack=pack))
    await made.approve_unit()
    return made


def critical(person: Person, line_id: str, **changes: str) -> dict[str, str]:
    day = (today() - timedelta(days=35)).isoformat()
    told = {"event": "critical_illness", "event_date": day, "icd10": "C34", "receipt_number": "R-both"}
    return line(person, line_id, **(told | changes))


@pytest.mark.feature("B.01", "C.09", "N.04")
@pytest.mark.parametrize("batches", [1, 2])
@pytest.mark.parametrize("first", ["hospital", "critical"])
async def test_kinds_that_share_have_one_receipt_in_one_batch_as_in_two(
    shared: World, first: str, batches: int
) -> None:
    person = await shared.cover()
    await shared.fund()
    lines = [line(person, "1", receipt_number="R-both"), critical(person, "2")]
    if first == "critical":
        lines.reverse()
    parts = [lines] if batches == 1 else [[one] for one in lines]
    found: dict[str, int] = {}
    for part in parts:
        found |= await decided(shared, as_csv(*part))
    assert found == {"decided": 1, "opened": 1}
    assert await shared.count(Claim) == 2
    assert await shared.count(Evidence, Evidence.share == "") == 1
    assert await shared.count(Evidence, Evidence.share != "") == 1


@pytest.mark.feature("C.09", "N.04")
async def test_in_one_batch_kinds_share_with_one_person_only_and_once(shared: World) -> None:
    """A namesake's line and a second line of the same kind have nothing of what two kinds share."""
    person, stranger = await shared.cover(), await shared.cover("王芳")
    await shared.fund()
    lines = [
        line(person, "1", receipt_number="R-both"),
        critical(stranger, "2"),
        critical(person, "3"),
        line(person, "4", receipt_number="R-both"),
    ]
    assert await decided(shared, as_csv(*lines), rounds=2) == {"decided": 1, "opened": 1, "duplicate": 2}
    assert await shared.count(Claim, Claim.person_id == stranger.id) == 0


@pytest.mark.feature("C.09", "N.04")
async def test_a_receipt_lost_to_one_kind_may_still_be_another_kinds(
    claims: Client, new_tenant: NewTenant, wuxi_pack: TenantPack
) -> None:
    """The member's accident has the receipt: the kind that shares with accidents has it too, the other has not."""
    pack = sharing(wuxi_pack, ("accident", "critical-illness"))
    world = World(claims, await new_tenant(claims.context, pack=pack))
    await world.approve_unit()
    person = await world.cover()
    await world.fund()
    assert await decided(world, as_csv(critical(person, "0"))) == {"opened": 1}
    async with world.client.context.db.transaction(world.tenant.id) as session:
        repository = TenantRepository(session, world.tenant.id)
        await session.execute(repository.update(Claim).values(kind="accident", event="accident"))
    lines = as_csv(line(person, "1", receipt_number="R-both"), critical(person, "2"))
    assert await decided(world, lines) == {"duplicate": 1, "opened": 1}
