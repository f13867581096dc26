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
    assert "张丽" in told and "李雷" not in told
    assert len(await place.phone("13900001111")) == 2, "once of each, as the applicant"
    assert await place.phone() == [], "nobody writes to the dead"
