"""What a member has under way keeps their data, and the answer says what it is and what to do (N.07)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from common.clock import now, today
from common.contracts.claims import ClaimFact, ClaimRejected, ClaimSubmitted, PayoutFact, PayoutRequested
from common.contracts.enrollment import PoliciesIssued
from common.contracts.matters import MemberMatterChanged
from common.ids import new_id

from .offices import Office
from .test_member_cover import policy, tell
from .test_personal_data import MANAGE, admitted, asked, decide

pytestmark = pytest.mark.feature("N.07")


def matter(person: dict[str, Any], kind: str, **changes: Any) -> MemberMatterChanged:
    values: dict[str, Any] = {
        "matter_id": new_id(), "person_id": UUID(person["id"]), "kind": kind, "number": "GR20260101000001",
        "open": True, "told_at": now(),
    }  # fmt: skip
    return MemberMatterChanged(**(values | changes))


@pytest.mark.parametrize(("kind", "word"), [("application", "请先撤回"), ("payment", "请等支付关闭")])
async def test_what_is_under_way_keeps_the_data_until_it_is_over(
    office: Office, kind: str, word: str
) -> None:
    person, officer = await admitted(office), office.actor(MANAGE)
    begun = matter(person, kind)
    over = begun.model_copy(update={"open": False, "told_at": begun.told_at + timedelta(seconds=1)})
    await tell(office, begun, times=2)
    refused = await asked(office, officer, "erasure", person)
    assert (refused.status_code, refused.json()["code"]) == (409, "data_request.still_needed")
    assert refused.json()["params"]["reasons"] == [f"{kind}_open"]
    assert begun.number in refused.json()["detail"] and word in refused.json()["detail"]
    await tell(office, over, begun, times=2)
    assert (await asked(office, officer, "erasure", person)).status_code == 201, "the newest word counts"


async def test_what_began_after_it_was_asked_for_holds_the_approval(office: Office) -> None:
    person = await admitted(office)
    request = (await asked(office, office.actor(MANAGE), "erasure", person)).json()
    begun = matter(person, "payment")
    await tell(office, begun)
    held = await decide(office, office.actor(MANAGE), request, "approve")
    assert held.json()["params"]["reasons"] == ["payment_open"], held.text
    await tell(
        office, begun.model_copy(update={"open": False, "told_at": begun.told_at + timedelta(seconds=1)})
    )
    assert (await decide(office, office.actor(MANAGE), request, "approve")).json()["state"] == "running"


async def test_everything_that_needs_the_data_is_named_at_once(office: Office) -> None:
    person, officer = await admitted(office), office.actor(MANAGE)
    covered = await policy(office, person)
    fact = ClaimFact(
        claim_id=new_id(), number="2026010100000042", kind="hospital", person_id=UUID(person["id"]),
        product_code="inpatient", pack_version=1, status="in_review", amount=Decimal(1),
    )  # fmt: skip
    payout = PayoutFact(
        payout_id=new_id(),
        claim_id=new_id(),
        claim_number="L2",
        person_id=UUID(person["id"]),
        amount=Decimal(5),
    )
    await tell(office, PoliciesIssued(batch_id=new_id(), policies=[covered]), ClaimSubmitted(claim=fact))
    await tell(office, PayoutRequested(payout=payout), matter(person, "application"))
    answer = (await asked(office, officer, "erasure", person)).json()
    assert answer["params"]["reasons"] == ["covered", "claim_open", "payout_open", "application_open"]
    for part in (covered.ends_on.isoformat(), fact.number, "银行卡", "GR20260101000001"):
        assert part in answer["detail"], answer["detail"]
    keys = await office.keys()
    refused = fact.model_copy(update={"status": "rejected", "version": 2})
    await tell(office, ClaimRejected(claim=refused, reason=keys.sealed_words("不符")))
    again = (await asked(office, officer, "erasure", person)).json()
    assert fact.number not in again["detail"] and covered.ends_on >= today()


async def test_the_matter_of_another_keeps_nobodys_data(office: Office) -> None:
    person, other = await admitted(office), await admitted(office)
    await tell(office, matter(other, "application"))
    assert (await asked(office, office.actor(MANAGE), "erasure", person)).status_code == 201
