"""What members are warned of: another mobile in the place of theirs, another card to be paid on."""

from decimal import Decimal
from typing import Any

import pytest

from common.clock import now
from common.contracts.bindings import BindingDecided
from common.contracts.claims import PayeeChanged, PayoutFact, PayoutFailed
from common.contracts.identity import (
    BankCardChanged,
    MemberBound,
    MemberChanged,
    PreferencesChanged,
)
from common.ids import new_id
from common.testing import Client

from .conftest import Place


@pytest.mark.feature("E.01")
@pytest.mark.parametrize("kind", ["bound", "changed"])
async def test_the_owner_of_a_replaced_mobile_is_told_there(
    notify: Client, new_tenant: Any, kind: str
) -> None:
    place = Place(notify, await new_tenant(notify.context), new_id(), new_id())
    account, keys = new_id(), place.tenant.keys
    member = place.person().model_copy(update={"account_id": account})
    former = keys.sealed("13800008888", context="person.mobile", kind="mobile")
    event = (
        MemberBound(member=member, account_id=account, former_mobile=former)
        if kind == "bound"
        else MemberChanged(member=member, former_mobile=former)
    )
    await place.deliver(event, times=2)
    await place.send()
    (told,) = await place.phone("13800008888")
    assert "王芳，您在" in told and "手机号已更换" in told and "致电" in told
    assert not [text for text in await place.phone() if "手机号已更换" in text]


@pytest.mark.feature("B.09")
async def test_whose_card_changed_is_told_and_cannot_switch_it_off(notify: Client, new_tenant: Any) -> None:
    place = Place(notify, await new_tenant(notify.context), new_id(), new_id())
    keys = place.tenant.keys
    await place.deliver(MemberChanged(member=place.person()))
    switched_off = PreferencesChanged(
        person_id=place.person_id, version=1, enrolment_sms=False, service_notices=False
    )
    tail = keys.sealed("0128", context="card.tail")
    card = keys.sealed("6222021234567890128", context="person.card", kind="card")
    changed = BankCardChanged(
        person_id=place.person_id, changed_at=now(), card=card, card_tail=tail, bank_name="江苏银行"
    )
    gone = BankCardChanged(person_id=place.person_id, changed_at=now())
    await place.deliver(switched_off, changed, gone, times=2)
    await place.send()
    (told,) = [text for text in await place.phone() if "收款卡" in text]
    assert "江苏银行尾号0128" in told


@pytest.mark.feature("E.01")
@pytest.mark.parametrize("confirmed", [True, False])
async def test_who_waited_for_staff_is_told_what_they_decided(
    notify: Client, new_tenant: Any, confirmed: bool
) -> None:
    place = Place(notify, await new_tenant(notify.context), new_id(), new_id())
    keys = place.tenant.keys
    decided = BindingDecided(
        binding_id=new_id(),
        name=keys.sealed("王芳", context="person.name"),
        mobile=keys.sealed("13800008888", context="person.mobile", kind="mobile"),
        confirmed=confirmed,
        reason=None if confirmed else keys.sealed_words("护照已过期。"),
    )
    await place.deliver(decided, times=2)
    await place.send()
    (told,) = await place.phone("13800008888")
    assert ("已核实您的身份" in told) is confirmed
    assert ("核实未通过：护照已过期。可重新申请" in told) is not confirmed


@pytest.mark.feature("B.09", "E.01")
@pytest.mark.parametrize("by", ["member", "staff"])
async def test_another_card_of_a_payout_is_told_to_whoever_is_paid(
    notify: Client, new_tenant: Any, by: str
) -> None:
    place = Place(notify, await new_tenant(notify.context), new_id(), new_id())
    await place.deliver(MemberChanged(member=place.person()))
    payout = PayoutFact(
        payout_id=new_id(), claim_id=new_id(), claim_number="C1", person_id=place.person_id, amount=Decimal("5000.00"),
        card_tail=place.tenant.keys.sealed("0128", context="card.tail"), bank_name="江苏银行", kind="hospital",
    )  # fmt: skip
    await place.deliver(PayeeChanged(payout=payout, by=by), times=2)
    await place.send()
    (told,) = [text for text in await place.phone() if "收款卡" in text]
    assert "江苏银行尾号0128" in told and "致电" in told


@pytest.mark.feature("B.09")
async def test_a_failed_transfer_says_where_to_go_without_an_account(notify: Client, new_tenant: Any) -> None:
    place = Place(notify, await new_tenant(notify.context), new_id(), new_id())
    await place.deliver(MemberChanged(member=place.person()))
    keys, contact = place.tenant.keys, place.tenant.pack.tenant
    payout = PayoutFact(
        payout_id=new_id(), claim_id=new_id(), claim_number="C1", person_id=place.person_id, amount=Decimal("5000.00"),
        card_tail=keys.sealed("0128", context="card.tail"), bank_name="江苏银行", kind="hospital",
    )  # fmt: skip
    await place.deliver(PayoutFailed(payout=payout, reason=keys.sealed_words("账号户名不符")))
    await place.send()
    (told,) = [text for text in await place.phone() if "失败" in text]
    assert (
        "没有账号的" in told and f"{contact.short_name.zh}服务窗口" in told and contact.contact.phone in told
    )
