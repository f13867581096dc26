"""A refund that cannot be paid is told to those who can name an account, and to the member whose it is."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from common.contracts.claims import RefundFact, RefundFailed
from common.contracts.identity import MembersAdmitted, StaffSnapshot
from common.ids import new_id

from .conftest import Place
from .test_deadlines_told import inbox, staff


def failed(place: Place, reason: str, **changes: Any) -> RefundFailed:
    values: Mapping[str, Any] = {
        "version": 1, "refund_id": new_id(), "payout_id": new_id(), "number": "R20261128000001",
        "fund": "three-in-one", "amount": Decimal("120.00"), "order_number": "20261128000007",
        "unit_id": place.unit_id, "payee": "unit", "product_code": "three-in-one",
    }  # fmt: skip
    return RefundFailed(
        refund=RefundFact(**{**values, **changes}), reason=place.tenant.keys.sealed_words(reason)
    )


@pytest.mark.feature("N.05")
async def test_those_who_prepare_batches_are_told_once(place: Place) -> None:
    maker, reader = staff("payout_maker"), staff("claims_reviewer")
    branch = staff("payout_maker", path="/binhu/")  # accounts are named by staff of the whole union only
    await place.deliver(StaffSnapshot(snapshot_id=new_id(), staff=[maker, reader, branch]))
    await place.deliver(failed(place, "尚未登记收款账户"), times=2)
    (text,) = await inbox(place, maker.account_id)
    for part in ("120.00", "20261128000007", "无锡试验公司工会", "尚未登记收款账户"):
        assert part in text, text
    assert await inbox(place, reader.account_id) == await inbox(place, branch.account_id) == []


@pytest.mark.feature("N.05")
async def test_the_member_is_told_of_a_refund_of_their_own(place: Place) -> None:
    maker = staff("payout_maker")
    await place.deliver(StaffSnapshot(snapshot_id=new_id(), staff=[maker]))
    await place.deliver(MembersAdmitted(batch_id=new_id(), members=[place.person()], notify=False))
    event = failed(place, "账户已销户", payee="member", person_id=place.person_id)
    await place.deliver(event, times=2)
    assert await place.send() == 1
    (text,) = await place.phone()
    assert "120.00" in text and "账户已销户" in text and "银行卡" in text, text
    (text,) = await inbox(place, maker.account_id)
    assert "会员本人" in text and "王芳" not in text, "the name is in the console, not in the message"
