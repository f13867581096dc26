"""What handlers are told of renewals, and members of dues, applications and ended cover: once each."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from common.auth import ActorKind
from common.clock import today
from common.consumer.parking import MOST_ATTEMPTS, Parking
from common.consumer.runtime import Runtime
from common.contracts.dues import DuesPaid
from common.contracts.enrollment import (
    ApplicationDecided,
    ApplicationFact,
    ExpiringGroup,
    OrderFact,
    OrderSubmitted,
    PaymentHeld,
    PolicyExpiring,
    PolicyTerminated,
    RefundDue,
)
from common.contracts.identity import MemberBound, MembersAdmitted, MemberUnbound, UnitApproved
from common.contracts.orders import OrderCompleted
from common.contracts.pack import load_pack
from common.contracts.stray import LatePaymentReceived
from common.ids import new_id
from common.testing import Client
from notify.consumers import SUBSCRIPTIONS
from notify.telling.enrolment import DECISIONS

from .conftest import Place

TENANTS = Path(__file__).resolve().parents[2] / "tenants"
BIT = load_pack(TENANTS / "bit.yaml")
HANDLER = "13900005678"


@pytest.fixture
async def campus(notify: Client, new_tenant: Any) -> Place:
    tenant = await new_tenant(notify.context, pack=BIT)
    place = Place(notify, tenant, new_id(), new_id())
    await place.deliver(UnitApproved(unit=place.unit()))
    await place.deliver(MembersAdmitted(batch_id=new_id(), members=[place.person()]))
    await place.send()
    return place


def expiring(place: Place) -> PolicyExpiring:
    group = ExpiringGroup(product_code="three-in-one", people=12, first_ends_on=today(), last_ends_on=today())
    return PolicyExpiring(
        notice_id=new_id(), month=f"{today():%Y-%m}", unit_id=place.unit_id, groups=[group, group]
    )


def decided(place: Place, decision: str, **changes: object) -> ApplicationDecided:
    values = {
        "application_id": new_id(), "number": "GR1", "person_id": place.person_id, "unit_id": place.unit_id,
        "product_code": "critical-illness", "pack_version": 1, "status": "to_pay", "amount_due": Decimal("90.00"),
    }  # fmt: skip
    fact = ApplicationFact.model_validate(values | changes)
    return ApplicationDecided(
        application=fact, decision=decision, reason=place.tenant.keys.sealed_words("份数有误")
    )


@pytest.mark.feature("C.08")
async def test_the_handler_gets_one_message_about_renewals(place: Place) -> None:
    await place.deliver(expiring(place), times=3)
    assert await place.send() == 1
    told = [text for text in await place.phone(HANDLER) if "到期" in text]
    assert len(told) == 1 and "24名职工" in told[0] and "三合一" in told[0], told


def ordered(place: Place) -> OrderFact:
    return OrderFact(
        order_id=new_id(), number="20261128093911177", unit_id=place.unit_id, product_code="three-in-one",
        pack_version=1, people=5, amount_due=Decimal("600.00"),
    )  # fmt: skip


@pytest.mark.feature("C.05")
@pytest.mark.parametrize(("paid", "apart"), [("480.00", "120.00"), ("720.00", "120.00")])
async def test_the_handler_is_told_how_far_a_payment_is_off(place: Place, paid: str, apart: str) -> None:
    await place.deliver(PaymentHeld(order=ordered(place), amount_paid=Decimal(paid)), times=2)
    assert await place.send() == 1
    text = (await place.phone(HANDLER))[0]
    assert "20261128093911177应付600.00元" in text and f"实付{paid}元，相差{apart}元" in text


@pytest.mark.feature("C.05")
async def test_the_handler_is_told_once_that_an_order_is_done(place: Place) -> None:
    done = OrderCompleted(order=ordered(place), issued=4, skipped=1, starts_on=today(), ends_on=today())
    await place.deliver(done, times=2)
    assert await place.send() == 1
    assert "已办结，4人参保" in (await place.phone(HANDLER))[0]
    nobody = done.model_copy(update={"issued": 0, "skipped": 5})
    await place.deliver(nobody, OrderSubmitted(order=ordered(place)))
    assert await place.send() == 0, "nobody is covered, and this pack says nothing of what was submitted"


@pytest.mark.feature("A.07")
async def test_the_member_is_told_what_became_of_the_application(campus: Place) -> None:
    for decision, words in (("passed", "缴费90.00元"), ("returned", "份数有误"), ("rejected", "未通过")):
        await campus.deliver(decided(campus, decision), times=2)
        assert await campus.send() == 1, decision
        assert words in (await campus.phone())[0], decision
    await campus.deliver(decided(campus, "passed", status="submitted"))
    assert await campus.send() == 0, "a node that is not the last"


@pytest.mark.feature("A.07")
async def test_a_decision_that_only_a_later_version_knows_waits_for_it(
    campus: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = decided(campus, "deferred")
    await campus.deliver(event)
    assert await campus.send() == 0
    parking = Parking(Runtime(campus.client.context, SUBSCRIPTIONS, bus=None))  # type: ignore[arg-type]
    for _ in range(MOST_ATTEMPTS + 1):
        await parking.retry_key(campus.tenant.id, event.topic(), event.key)
    monkeypatch.setitem(DECISIONS, "deferred", DECISIONS["returned"])
    await parking.retry_key(campus.tenant.id, event.topic(), event.key)
    assert await campus.send() == 1


@pytest.mark.feature("A.05")
async def test_dues_and_refunds_are_told_in_the_app(campus: Place, notify: Client) -> None:
    paid = DuesPaid(
        bill_id=new_id(), number="HF1", person_id=campus.person_id, unit_id=campus.unit_id, fund="union",
        amount=Decimal("20.00"), periods=["2026-11"], paid_on=today(), receipt_number="202600000001",
    )  # fmt: skip
    refund = RefundDue(
        refund_id=new_id(), reason="terminated", fund="mutual", product_code="critical-illness",
        amount=Decimal("90.00"), due_on=today(), payee="member", person_id=campus.person_id,
    )  # fmt: skip
    policy = campus._policy(0)
    ended = PolicyTerminated(policy=policy, ended_on=today(), refund=Decimal("90.00"))
    account = new_id()
    member = campus.person(version=2).model_copy(update={"account_id": account})
    await campus.deliver(MemberBound(member=member, account_id=account))
    by_bank = refund.model_copy(update={"way": "transfer", "instead": True})
    late = LatePaymentReceived(
        payment_id=new_id(), number="f0e1", purpose="dues", title="会费 2026-01", person_id=campus.person_id,
        unit_id=campus.unit_id, amount=Decimal("10.00"), received_on=today(),
    )  # fmt: skip
    await campus.deliver(paid, refund, ended, by_bank, late, times=2)
    reader = campus.client.mint.actor(
        campus.tenant, "notify.message.read_own", actor_id=account, kind=ActorKind.MEMBER,
        person_id=campus.person_id,
    )  # fmt: skip
    answer = await notify.get("/messages", reader)
    assert answer.status_code == 200, answer.text
    texts = [item["text"] for item in answer.json()["items"]]
    for words in ("收据号202600000001", "应退90.00元，将原路退回", "保障已于", "会费 2026-01 10.00元到账时"):
        assert len([text for text in texts if words in text]) == 1, (words, texts)


@pytest.mark.feature("E.02")
async def test_who_is_unbound_is_told_on_the_phone_so_that_nobody_does_it_unseen(
    notify: Client, new_tenant: Any
) -> None:
    tenant = await new_tenant(notify.context, pack=load_pack(TENANTS / "beijing.yaml"))
    beijing = Place(notify, tenant, new_id(), new_id())
    account = new_id()
    member = beijing.person().model_copy(update={"account_id": account})
    await beijing.deliver(MemberBound(member=member, account_id=account))
    unbound = beijing.person(version=2)
    await beijing.deliver(MemberUnbound(member=unbound, account_id=account), times=2)
    await beijing.send()
    told = [text for text in await beijing.phone() if "绑定已解除" in text]
    assert len(told) == 1 and told[0].startswith("【北京职工互助】王芳您好"), told
