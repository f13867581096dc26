"""The heir who is paid has no account: told of the payment by SMS where the application gives a mobile."""

import pytest

from common.contracts.claims import PayoutCompleted
from common.contracts.identity import MembersAdmitted
from common.ids import new_id

from .conftest import Place
from .test_messages import payout

pytestmark = pytest.mark.feature("B.02", "C.05")


async def test_the_heir_is_told_once_unless_they_applied_themselves(place: Place) -> None:
    keys = place.tenant.keys
    applicant = place.person(mobile="13900001111", name="李雷").model_copy(update={"person_id": new_id()})
    await place.deliver(MembersAdmitted(batch_id=new_id(), members=[place.person(), applicant]))
    for mobile in ("13700002222", "13900001111"):
        heir = {
            "applicant_id": applicant.person_id, "heir_paid": True,
            "heir_name": keys.sealed("张丽", context="person.name"),
            "heir_mobile": keys.sealed(mobile, context="person.mobile"),
        }  # fmt: skip
        await place.deliver(PayoutCompleted(payout=payout(place).payout.model_copy(update=heir)), times=2)
    while await place.send():
        pass
    (told,) = await place.phone("13700002222")
    assert "张丽" in told and "您尾号" in told and "李雷" not in told
    of_applicant = await place.phone("13900001111")
    assert len(of_applicant) == 2 and all("您代办的" in one and "张*" in one for one in of_applicant)
    assert not any("您尾号" in one for one in of_applicant), "it is not their card"
    assert await place.phone() == [], "nobody writes to the dead"


@pytest.mark.parametrize("heir", [False, True])
async def test_whoever_is_paid_reads_that_it_is_their_card(place: Place, heir: bool) -> None:
    keys = place.tenant.keys
    applicant = place.person(mobile="13900001111", name="李雷").model_copy(update={"person_id": new_id()})
    await place.deliver(MembersAdmitted(batch_id=new_id(), members=[place.person(), applicant]))
    name = keys.sealed("李雷", context="person.name") if heir else None
    known = {"applicant_id": applicant.person_id, "heir_paid": heir, "heir_name": name}
    await place.deliver(PayoutCompleted(payout=payout(place).payout.model_copy(update=known)))
    while await place.send():
        pass
    (to_applicant,) = await place.phone("13900001111")
    assert ("您尾号" in to_applicant) == heir and ("汇入王*尾号" in to_applicant) == (not heir)
    assert ["您尾号" in one for one in await place.phone()] == ([] if heir else [True])
