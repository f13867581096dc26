"""Staff are told of deadlines by role and branch or as holders of the task; members of papers that are missing."""

from typing import Any
from uuid import UUID

import pytest

from common.auth import ActorKind
from common.clock import today
from common.contracts.claims import (
    ClaimAssigned,
    ClaimDeadlineNear,
    ClaimFact,
    ClaimPapersDue,
    PayoutDeadlineNear,
)
from common.contracts.identity import MembersAdmitted, StaffChanged, StaffFact, StaffSnapshot
from common.ids import new_id
from common.testing import Client

from .conftest import Place

OWN = "notify.message.read_own"


def staff(*roles: str, path: str = "/", version: int = 1, status: str = "active", **ids: UUID) -> StaffFact:
    return StaffFact(
        version=version, account_id=ids.get("id", new_id()), roles=list(roles), org_path=path, status=status
    )


def claim(place: Place, status: str = "in_review") -> ClaimFact:
    return ClaimFact(
        version=1, claim_id=new_id(), number="L202600001", kind="hospital", person_id=place.person_id,
        product_code="three-in-one", pack_version=1, status=status, node="first-check",
    )  # fmt: skip


def near(place: Place, **changes: Any) -> ClaimDeadlineNear:
    values = {
        "claim": claim(place), "deadline": "node", "days": 1, "role": "claims_checker", "org_path": "/binhu/hudai/",
    }  # fmt: skip
    return ClaimDeadlineNear.model_validate(values | changes)


async def inbox(place: Place, account: UUID) -> list[str]:
    actor = place.client.mint.actor(place.tenant, OWN, kind=ActorKind.STAFF, actor_id=account)
    answer = await place.client.get("/messages", actor)
    assert answer.status_code == 200, answer.text
    return [item["text"] for item in answer.json()["items"]]


@pytest.mark.feature("C.09", "N.08")
async def test_a_deadline_reaches_the_role_of_the_branch_once(place: Place) -> None:
    whole, here = staff("claims_checker"), staff("claims_checker", "finance", path="/binhu/")
    others = [
        staff("claims_checker", path="/xinwu/"),
        staff("finance", path="/binhu/"),
        staff("claims_checker", status="closed"),
        staff("claims_checker", path="/binhu/hudai/north/"),
    ]
    await place.deliver(StaffSnapshot(snapshot_id=new_id(), staff=[whole, here, *others]))
    await place.deliver(near(place), times=2)
    for one in (whole, here):
        (text,) = await inbox(place, one.account_id)
        assert "L202600001" in text and "经办初审" in text and "1天" in text, text
    for one in others:
        assert await inbox(place, one.account_id) == []


@pytest.mark.feature("C.09")
async def test_who_holds_the_task_is_told_alone_and_of_what_is_overdue(place: Place) -> None:
    holder, colleague = staff("claims_checker"), staff("claims_checker")
    await place.deliver(StaffChanged(staff=holder), StaffChanged(staff=colleague))
    await place.deliver(near(place, handler_id=holder.account_id, days=-2))
    (text,) = await inbox(place, holder.account_id)
    assert "已超期2天" in text
    assert await inbox(place, colleague.account_id) == []
    left = holder.model_copy(update={"version": 5, "status": "closed"})
    await place.deliver(StaffChanged(staff=left))
    await place.deliver(StaffChanged(staff=holder.model_copy(update={"version": 4})))
    await place.deliver(near(place, handler_id=holder.account_id))
    assert len(await inbox(place, holder.account_id)) == 1, (
        "the account was closed; an older fact changes nothing"
    )
    assert len(await inbox(place, colleague.account_id)) == 1


@pytest.mark.feature("C.09")
async def test_the_day_of_payment_reaches_who_can_go_on(place: Place) -> None:
    """At a node its role; what waits for money those who prepare batches; for papers those who check first."""
    people = {role: staff(role) for role in ("claims_checker", "claims_reviewer", "payout_maker", "finance")}
    await place.deliver(StaffSnapshot(snapshot_id=new_id(), staff=list(people.values())))
    for status, role, told in (
        ("in_review", "claims_reviewer", "claims_reviewer"),
        ("approved", None, "payout_maker"),
        ("payment_failed", None, "payout_maker"),
        ("to_upload", None, "claims_checker"),
    ):
        before = {name: len(await inbox(place, one.account_id)) for name, one in people.items()}
        event = PayoutDeadlineNear(
            claim=claim(place, status), due_on=today(), days_left=3, role=role, org_path="/binhu/"
        )
        await place.deliver(event, times=2)
        after = {name: len(await inbox(place, one.account_id)) for name, one in people.items()}
        assert {name for name in people if after[name] > before[name]} == {told}, status
    texts = await inbox(place, people["payout_maker"].account_id)
    assert any("待付款" in text and today().isoformat() in text for text in texts), texts


@pytest.mark.feature("C.10")
async def test_the_member_is_reminded_of_papers(place: Place, notify: Client) -> None:
    await place.deliver(MembersAdmitted(batch_id=new_id(), members=[place.person()]))
    await place.send()
    fact = claim(place, "to_upload").model_copy(update={"kind": "critical-illness"})
    await place.deliver(ClaimPapersDue(claim=fact, waiting_days=7, reminder=1), times=2)
    assert await place.send() == 1
    text = (await place.phone())[0]
    assert "7天" in text and "病理报告" in text, text


@pytest.mark.feature("C.10")
async def test_whoever_is_given_a_task_is_told_once_with_the_reason(place: Place) -> None:
    mine, other = staff("claims_checker"), staff("claims_checker")
    await place.deliver(StaffSnapshot(snapshot_id=new_id(), staff=[mine, other]))
    reason = place.tenant.keys.sealed_words("原办理人休假")
    await place.deliver(ClaimAssigned(claim=claim(place), handler_id=mine.account_id, reason=reason), times=2)
    await place.deliver(ClaimAssigned(claim=claim(place), handler_id=new_id()))
    (text,) = await inbox(place, mine.account_id)
    assert "L202600001（经办初审）改派给您办理。原因：原办理人休假" in text
    assert await inbox(place, other.account_id) == []
