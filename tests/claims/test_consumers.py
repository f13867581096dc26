"""Each event delivered twice has one effect, and older facts never replace newer ones."""

from datetime import timedelta
from decimal import Decimal

import pytest

from claims.copies.models import DocumentCopy, PersonCopy, PolicyCopy, UnitCopy
from claims.ledger.models import LedgerPosting
from common.clock import now, set_to, today
from common.contracts.enrollment import PoliciesIssued, PolicyTerminated
from common.contracts.identity import (
    MemberBound,
    MemberChanged,
    MembersAdmitted,
    MemberTransferred,
    PersonFact,
    UnitFact,
    UnitsSnapshot,
)
from common.events.outbox import wrap
from common.ids import new_id

from .world import Person, World, id_number


async def test_policies_are_kept_and_counted_once(world: World) -> None:
    fact = world.policy(1, "许晓霞")
    await world.tell(PoliciesIssued(batch_id=new_id(), policies=[fact]), times=2)
    await world.tell(PoliciesIssued(batch_id=new_id(), policies=[fact], notify=False))
    assert await world.count(PolicyCopy) == 1
    reader = world.client.mint.actor(world.tenant, "claims.statistics.read")
    assert (await world.client.get("/statistics", reader)).json()["enrolled"] == 1


async def test_an_older_fact_changes_nothing(world: World, person: Person) -> None:
    ended = person.policy.model_copy(update={"version": 3, "status": "terminated"})
    day = today() - timedelta(days=60)
    await world.tell(PolicyTerminated(policy=ended, ended_on=day), times=2)
    await world.tell(PoliciesIssued(batch_id=new_id(), policies=[person.policy]))
    assert await world.count(PolicyCopy, PolicyCopy.ended_on == day) == 1
    answer = await world.submit(person, await world.hospital(person))
    assert answer.json()["code"] == "claim.not_covered"


@pytest.mark.feature("N.05")
async def test_a_contribution_is_booked_once(world: World) -> None:
    event = await world.fund("600.00")
    await world.tell(event, event)
    assert await world.count(LedgerPosting) == 1
    assert (await world.ledger())["accounts"]["contributions"] == "-600.00"
    reader = world.client.mint.actor(world.tenant, "claims.statistics.read")
    assert (await world.client.get("/statistics", reader)).json()["contributions"] == "600.00"


def fact(world: World, **changes: object) -> PersonFact:
    keys = world.tenant.keys
    values = {
        "person_id": new_id(), "document_kind": "resident_id", "state": "confirmed", "effective_on": today(),
        "document_number": keys.sealed(id_number(1), context="person.document", kind="document"),
        "name": keys.sealed("许晓霞", context="person.name"),
    }  # fmt: skip
    return PersonFact(**(values | changes))  # type: ignore[arg-type]


async def test_an_older_reading_of_a_document_changes_nothing(world: World, person: Person) -> None:
    """A correction was told; the first reading, which had waited among the dead letters, comes after it."""
    document = {"document_id": new_id(), "sha256": "ab" * 32}
    older, newer = (
        world.recognized(person.actor, {"医疗机构": name}, **document)  # type: ignore[arg-type]
        for name in ("无锡市第二人民医院", "无锡市人民医院")
    )
    await world.tell(newer, times=2)
    with set_to(now() - timedelta(hours=1)):
        await world.tell(older)
    assert await world.count(DocumentCopy, DocumentCopy.recognition == newer.recognition.ciphertext) == 1
    await world.tell(older)
    assert await world.count(DocumentCopy, DocumentCopy.recognition == older.recognition.ciphertext) == 1


async def test_persons_and_units_are_kept(world: World) -> None:
    member = fact(world)
    newer = member.model_copy(update={"version": 4, "account_id": new_id()})
    await world.tell(MembersAdmitted(batch_id=new_id(), members=[member]), times=2)
    await world.tell(MemberBound(member=newer, account_id=newer.account_id or new_id()), times=2)
    await world.tell(MemberChanged(member=member.model_copy(update={"version": 2})))
    assert await world.count(PersonCopy) == 1
    assert await world.count(PersonCopy, PersonCopy.account_id == newer.account_id) == 1
    units = [
        UnitFact(unit_id=new_id(), name="甲", credit_code="X", org_path="/binhu/", status="approved")
        for _ in range(3)
    ]
    await world.tell(UnitsSnapshot(snapshot_id=new_id(), units=units), times=2)
    assert await world.count(UnitCopy) == 4


async def test_a_transferred_person_has_the_new_unit(world: World) -> None:
    member = fact(world, unit_id=world.unit_id, version=1)
    moved = member.model_copy(update={"version": 2, "unit_id": new_id()})
    told = MemberTransferred(member=moved, from_unit_id=world.unit_id, to_unit_id=moved.unit_id or new_id())
    await world.tell(MembersAdmitted(batch_id=new_id(), members=[member]))
    await world.tell(told, times=2)
    await world.tell(MemberChanged(member=member))
    assert await world.count(PersonCopy, PersonCopy.unit_id == moved.unit_id) == 1


async def test_claims_follow_their_unit_to_another_branch(world: World, person: Person) -> None:
    await world.submitted(person)

    async def seen(path: str) -> int:
        reader = world.client.mint.actor(world.tenant, "claims.claim.read", org_path=path)
        return len((await world.client.get("/claims", reader)).json()["items"])

    assert (await seen("/binhu/"), await seen("/xinwu/")) == (1, 0)
    moved = UnitFact(
        version=2, unit_id=world.unit_id, name="无锡测试机械", credit_code="X", org_path="/xinwu/", status="approved"
    )  # fmt: skip
    await world.tell(UnitsSnapshot(snapshot_id=new_id(), units=[moved]), times=2)
    assert (await seen("/binhu/"), await seen("/xinwu/")) == (0, 1)
    older = moved.model_copy(update={"version": 1, "org_path": "/binhu/"})
    await world.tell(UnitsSnapshot(snapshot_id=new_id(), units=[older]))
    assert (await seen("/binhu/"), await seen("/xinwu/")) == (0, 1)


async def test_what_hangs_on_a_claim_follows_its_unit_too(world: World, person: Person) -> None:
    """Complaints, samples and feedback are seen by the branch that has the unit now, and by no other."""
    await world.fund()
    claim = await world.submitted(person)
    batch = await world.released()
    await world.send_result(batch, world.result_file(await world.result_rows(batch)))
    given = await world.client.post(f"/claims/{claim['id']}/feedback", person.actor, json={"score": 2})
    assert given.status_code == 201
    assert (await world.lodged(person, claim)).status_code == 201

    async def seen(path: str) -> list[int]:
        reader = world.role("claims_reviewer", org_path=path)
        pages = [await world.client.get(route, reader) for route in ("/appeals", "/samples", "/feedback")]
        return [len(page.json()["items"]) for page in pages]

    assert (await seen("/binhu/"), await seen("/xinwu/")) == ([1, 1, 1], [0, 0, 0])
    moved = UnitFact(
        version=2, unit_id=world.unit_id, name="无锡测试机械", credit_code="X", org_path="/xinwu/", status="approved"
    )  # fmt: skip
    await world.tell(UnitsSnapshot(snapshot_id=new_id(), units=[moved]), times=2)
    assert (await seen("/binhu/"), await seen("/xinwu/")) == ([0, 0, 0], [1, 1, 1])


async def test_the_person_may_not_review_their_own_claim(world: World, person: Person) -> None:
    checker = world.staff("claims_checker")
    bound = fact(world, person_id=person.id, account_id=checker.id, version=2)
    await world.tell(MemberBound(member=bound, account_id=checker.id))
    claim = await world.submitted(person, verified=False)
    assert (await world.decide(checker, claim, "first-check")).json()["code"] == "claim.same_person"


async def test_a_member_with_a_new_name(world: World, person: Person) -> None:
    keys = world.tenant.keys
    changed = fact(world, person_id=person.id, name=keys.sealed("许晓云", context="person.name"), version=2)
    await world.tell(MemberChanged(member=changed))
    person.name = "许晓云"
    assert (await world.submitted(person))["status"] == "approved"


@pytest.mark.feature("C.07")
async def test_statistics_follow_the_scope(world: World, person: Person) -> None:
    from common.auth import ActorKind

    await world.fund()
    await world.approved(person)
    batch = await world.released()
    await world.send_result(batch, world.result_file(await world.result_rows(batch)))
    mint = world.client.mint

    async def totals(**scope: object) -> tuple[str, int]:
        reader = mint.actor(world.tenant, "claims.statistics.read", **scope)  # type: ignore[arg-type]
        answer = (await world.client.get("/statistics", reader)).json()
        return answer["paid"], answer["paid_claims"]

    assert await totals() == ("460.00", 1)
    assert await totals(org_path="/binhu/") == ("460.00", 1)
    assert await totals(org_path="/xinwu/") == ("0.00", 0)
    assert await totals(kind=ActorKind.HANDLER, unit_id=world.unit_id) == ("460.00", 1)
    assert await totals(kind=ActorKind.HANDLER, unit_id=new_id()) == ("0.00", 0)
    reader = mint.actor(world.tenant, "claims.statistics.read")
    rows = (await world.client.get("/statistics?year=2001", reader)).json()
    assert rows["rows"] == [] and Decimal(rows["paid"]) == 0


def test_events_are_kept_in_order_of_the_claim() -> None:
    from common.contracts.claims import PayoutCompleted, PayoutFact

    payout = PayoutFact(
        payout_id=new_id(), claim_id=new_id(), claim_number="1", person_id=new_id(), amount=Decimal(1)
    )
    assert wrap(PayoutCompleted(payout=payout), new_id()).subject == str(payout.claim_id)
