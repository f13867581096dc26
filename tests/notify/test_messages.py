"""Everybody is told once; codes go first; nobody reads what is not theirs."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from common import clock
from common.auth import ActorKind
from common.consumer.runtime import Runtime
from common.contracts.claims import (
    AppealAnswered,
    ClaimFact,
    ClaimReturned,
    PayoutCompleted,
    PayoutFact,
    PayoutFailed,
)
from common.contracts.identity import (
    MemberBound,
    MembersAdmitted,
    MemberTransferred,
    UnitsSnapshot,
    VerificationCodeIssued,
)
from common.crypto import TenantKeys
from common.events.outbox import wrap
from common.ids import new_id
from common.testing import Client, TestTenant
from notify.consumers import SUBSCRIPTIONS
from notify.sending.channels import SandboxSms
from notify.sending.ports import Outgoing, ProviderAway, ProviderRefused
from notify.sending.service import send_due

from .conftest import MOBILE, Place

READ_OWN, READ = "notify.message.read_own", "notify.message.read"


def code_event(place: Place, *, seconds: int = 300) -> VerificationCodeIssued:
    keys = place.tenant.keys
    return VerificationCodeIssued(
        challenge_id=new_id(),
        mobile=keys.sealed(MOBILE, context="person.mobile", kind="mobile"),
        code=keys.sealed("482913", context="code"),
        purpose="register",
        expires_at=clock.now() + timedelta(seconds=seconds),
    )


def payout(place: Place) -> PayoutCompleted:
    keys = place.tenant.keys
    return PayoutCompleted(
        payout=PayoutFact(
            payout_id=new_id(), claim_id=new_id(), claim_number="L1", person_id=place.person_id,
            amount=Decimal("461.00"), card_tail=keys.sealed("4171", context="card.tail"), kind="hospital",
            product_code="three-in-one", bank_name="江苏银行",
        )
    )  # fmt: skip


@pytest.mark.feature("C.01")
async def test_a_code_arrives_once_and_at_once(place: Place) -> None:
    await place.deliver(code_event(place), times=2)
    assert await place.send() == 0, "codes have a lane of their own"
    assert await place.send(urgent=True) == 1
    assert await place.send(urgent=True) == 0
    texts = await place.phone()
    assert len(texts) == 1
    assert "482913" in texts[0]
    assert "注册" in texts[0]


async def test_an_expired_code_is_never_sent(place: Place) -> None:
    await place.deliver(code_event(place, seconds=-1))
    await place.deliver(code_event(place, seconds=60))
    with clock.set_to(clock.now() + timedelta(seconds=120)):
        await place.send(urgent=True)
    assert await place.phone() == []


async def test_a_replay_sends_nothing_and_keeps_the_copies(place: Place) -> None:
    runtime = Runtime(place.client.context, SUBSCRIPTIONS, bus=None)  # type: ignore[arg-type]
    for event in (
        code_event(place),
        place.policies(1),
        MembersAdmitted(batch_id=new_id(), members=[place.person()]),
    ):
        await runtime.replay(wrap(event, place.tenant.id))
    await place.send(urgent=True)
    await place.send()
    assert await place.phone() == []
    await place.deliver(payout(place))
    await place.send()
    assert len(await place.phone()) == 1, "the person is known from the replayed events"


@pytest.mark.feature("C.05")
async def test_everybody_of_a_batch_is_told_once(place: Place) -> None:
    event = place.policies(120)
    await place.deliver(event, times=2)
    while await place.send():
        pass
    texts = await place.phone()
    assert len(texts) == 1
    assert "王芳您好，无锡试验公司工会已为您参加三合一" in texts[0]
    answer = await place.client.get("/sandbox/messages", tenant=place.tenant.code)
    recipients = [item["recipient"] for item in answer.json()["items"]]
    assert len(recipients) == 100 == len(set(recipients)), "the newest hundred, each phone once"


async def test_a_snapshot_of_policies_tells_nobody(place: Place) -> None:
    await place.deliver(place.policies(3, notify=False))
    assert await place.send() == 0


@pytest.mark.feature("D.03")
async def test_new_members_are_told_once_with_their_number(place: Place) -> None:
    member = place.person().model_copy(update={"unit_id": place.unit_id, "member_number": "1000000017"})
    without = member.model_copy(update={"person_id": new_id(), "mobile": None, "member_number": "1000000025"})
    event = MembersAdmitted(batch_id=new_id(), members=[member, without], notify=True)
    await place.deliver(event, times=2)
    await place.send()
    (text,) = await place.phone()
    assert all(word in text for word in ("王芳您好", "会员编号1000000017", "无锡试验公司工会"))
    mine = place.client.mint.actor(place.tenant, READ_OWN, kind=ActorKind.MEMBER, person_id=place.person_id)
    inbox = (await place.client.get("/messages", mine)).json()["items"]
    assert any("1000000017" in item["text"] for item in inbox), "it waits in the app for who binds later"


@pytest.mark.feature("D.08")
async def test_a_transferred_member_is_told_where_from_and_to(place: Place) -> None:
    former = place.unit().model_copy(update={"unit_id": new_id(), "name": "无锡旧单位工会"})
    await place.deliver(UnitsSnapshot(snapshot_id=new_id(), units=[former]))
    moved = MemberTransferred(member=place.person(), from_unit_id=former.unit_id, to_unit_id=place.unit_id)
    await place.deliver(moved, times=2)
    mine = place.client.mint.actor(place.tenant, READ_OWN, kind=ActorKind.MEMBER, person_id=place.person_id)
    inbox = (await place.client.get("/messages", mine)).json()["items"]
    told = [item["text"] for item in inbox if "转入" in item["text"]]
    assert len(told) == 1 and "无锡旧单位工会" in told[0] and "无锡试验公司工会" in told[0]


async def test_snapshots_rosters_and_replays_of_members_tell_nobody(place: Place) -> None:
    await place.deliver(MembersAdmitted(batch_id=new_id(), members=[place.person()]))
    runtime = Runtime(place.client.context, SUBSCRIPTIONS, bus=None)  # type: ignore[arg-type]
    told = MembersAdmitted(batch_id=new_id(), members=[place.person(version=2)], notify=True)
    await runtime.replay(wrap(told, place.tenant.id))
    assert await place.send() == 0 and await place.phone() == []


@pytest.mark.feature("C.09")
async def test_a_payment_is_told_with_amount_and_card(place: Place) -> None:
    await place.deliver(MembersAdmitted(batch_id=new_id(), members=[place.person()]))
    await place.deliver(payout(place), times=3)
    await place.send()
    texts = await place.phone()
    assert len(texts) == 1
    assert all(word in texts[0] for word in ("461.00元", "尾号4171", "江苏银行", "住院"))


async def test_older_facts_of_a_person_change_nothing(place: Place) -> None:
    await place.deliver(
        MembersAdmitted(batch_id=new_id(), members=[place.person(version=3, mobile="13700000000")])
    )
    await place.deliver(MembersAdmitted(batch_id=new_id(), members=[place.person(version=2)]))
    await place.deliver(payout(place))
    await place.send()
    assert len(await place.phone("13700000000")) == 1
    assert await place.phone() == []


class Unsteady(SandboxSms):
    """A provider that is away first, and refuses one number for good."""

    def __init__(
        self, client: Client, *, away: int = 0, refuse: bool = False, crash_after: bool = False
    ) -> None:
        super().__init__(client.context)
        self.away, self.refuse, self.crash_after = away, refuse, crash_after

    async def send(self, message: Outgoing, keys: TenantKeys) -> str:
        if self.refuse:
            raise ProviderRefused("number unknown")
        if self.away:
            self.away -= 1
            raise ProviderAway("timeout")
        accepted = await super().send(message, keys)
        if self.crash_after:
            raise asyncio.CancelledError
        return accepted


async def send_by(place: Place, channel: Unsteady) -> int:
    return await send_due(
        place.client.context,
        place.tenant.id,
        channel=channel,
        urgent=True,
        most=9,
        at_once=1,
        quiet_hours=False,
    )


async def test_a_provider_that_is_away_is_tried_again(place: Place) -> None:
    await place.deliver(code_event(place))
    channel = Unsteady(place.client, away=1)
    await send_by(place, channel)
    assert await place.phone() == []
    with clock.set_to(clock.now() + timedelta(seconds=30)):
        await send_by(place, channel)
    assert len(await place.phone()) == 1


async def test_a_sender_killed_after_the_provider_accepted_sends_nothing_twice(place: Place) -> None:
    await place.deliver(code_event(place))
    with pytest.raises(asyncio.CancelledError):
        await send_by(place, Unsteady(place.client, crash_after=True))
    assert await place.send(urgent=True) == 0, "leased"
    with clock.set_to(clock.now() + timedelta(seconds=90)):
        assert await place.send(urgent=True) == 1
    assert len(await place.phone()) == 1


async def test_a_refused_number_is_shown_to_staff(place: Place) -> None:
    await place.deliver(code_event(place))
    await send_by(place, Unsteady(place.client, refuse=True))
    staff = place.client.mint.actor(place.tenant, READ)
    answer = await place.client.get("/deliveries", staff, params={"state": "failed"})
    assert [(d["failure"], d["mobile"]) for d in answer.json()["items"]] == [
        ("number unknown", "138****1234")
    ]
    assert "482913" not in answer.text


async def test_two_senders_share_the_queue(place: Place) -> None:
    await place.deliver(place.policies(60))
    sent = await asyncio.gather(*(place.send(most=40) for _ in range(3)))
    assert sum(sent) == 60


@pytest.mark.feature("E.10")
async def test_an_sms_carries_the_beginning_of_a_long_reason_and_the_inbox_all_of_it(place: Place) -> None:
    account, whole = new_id(), "缺出院记录，" + "请重新拍摄清晰的原件照片，" * 20
    await place.deliver(MemberBound(member=place.person(), account_id=account))
    fact = ClaimFact(
        claim_id=new_id(), number="L9", kind="hospital", person_id=place.person_id, product_code="three-in-one",
        pack_version=1, status="returned",
    )  # fmt: skip
    for reason in (whole, "缺出院记录"):
        await place.deliver(ClaimReturned(claim=fact, reason=place.tenant.keys.sealed_words(reason)))
    handed: list[Outgoing] = []

    class Carrier:
        async def send(self, message: Outgoing, keys: TenantKeys) -> str:
            handed.append(message)
            return "1"

    await send_due(
        place.client.context,
        place.tenant.id,
        channel=Carrier(),
        urgent=False,
        most=50,
        at_once=1,
        quiet_hours=False,
    )
    short, cut = sorted((one for one in handed if "需要补正" in one.text), key=lambda one: len(one.text))
    for said in (cut.text, cut.variables["reason"]):
        assert whole[:59] in said and whole[:62] not in said and "…（登录后在“消息”中看全文）" in said
    assert "全文" not in short.text and short.variables["reason"] == "缺出院记录"
    me = place.client.mint.actor(
        place.tenant, READ_OWN, kind=ActorKind.MEMBER, actor_id=account, person_id=place.person_id
    )
    listed = (await place.client.get("/messages", me)).json()["items"]
    assert sum(whole in one["text"] for one in listed) == 1, "nothing is cut in the app"


@pytest.mark.feature("E.10")
async def test_the_inbox_is_ones_own(place: Place, new_tenant: Callable[..., Awaitable[TestTenant]]) -> None:
    account = new_id()
    await place.deliver(MemberBound(member=place.person(), account_id=account))
    fact = ClaimFact(
        claim_id=new_id(), number="L2", kind="hospital", person_id=place.person_id, product_code="three-in-one",
        pack_version=1, status="returned",
    )  # fmt: skip
    await place.deliver(ClaimReturned(claim=fact, reason=place.tenant.keys.sealed_words("缺出院记录")))
    client, mint = place.client, place.client.mint
    me = mint.actor(
        place.tenant, READ_OWN, kind=ActorKind.MEMBER, actor_id=account, person_id=place.person_id
    )
    other = mint.actor(place.tenant, READ_OWN, kind=ActorKind.MEMBER, person_id=new_id())
    stranger = mint.actor(
        await new_tenant(client.context), READ_OWN, actor_id=account, person_id=place.person_id
    )
    listed = (await client.get("/messages", me)).json()["items"]
    assert "缺出院记录" in listed[0]["text"]
    assert (await client.get("/messages/unread-count", me)).json() == {"unread": 1}
    path = f"/messages/{listed[0]['id']}/read"
    for foreign in (other, stranger):
        assert (await client.get("/messages", foreign)).json()["items"] == []
        assert (await client.post(path, foreign)).status_code == 404
    assert (await client.post(path, me)).json()["read_at"]
    assert (await client.get("/messages", me, params={"unread": True})).json()["items"] == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/messages"),
        ("GET", "/messages/unread-count"),
        ("POST", "/messages/0198c0de-0000-7000-8000-000000000001/read"),
        ("GET", "/deliveries"),
    ],
)
async def test_nobody_without_sign_in_or_permission(place: Place, method: str, path: str) -> None:
    assert (await place.client.send(method, path)).status_code == 401
    nobody = place.client.mint.actor(place.tenant, "claims.claim.read")
    assert (await place.client.send(method, path, nobody)).status_code == 403


async def test_the_sandbox_is_closed_outside_a_local_run(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place.client.context.settings, "environment", "production")
    answer = await place.client.get("/sandbox/messages", tenant=place.tenant.code)
    assert (answer.status_code, answer.json()["code"]) == (404, "sandbox.closed")


@pytest.mark.feature("B.02")
@pytest.mark.parametrize("heir_paid", [False, True])
async def test_who_applies_for_another_is_told_and_of_the_dead_nobody_is(
    place: Place, heir_paid: bool
) -> None:
    applicant = place.person(mobile="13900001111", name="李雷").model_copy(update={"person_id": new_id()})
    await place.deliver(MembersAdmitted(batch_id=new_id(), members=[place.person(), applicant]))
    fact = ClaimFact(
        claim_id=new_id(), number="L3", kind="accident", person_id=place.person_id, product_code="three-in-one",
        pack_version=1, status="returned", applicant_id=applicant.person_id, heir_paid=heir_paid,
    )  # fmt: skip
    await place.deliver(
        ClaimReturned(claim=fact, reason=place.tenant.keys.sealed_words("缺工伤鉴定")), times=2
    )
    await place.send()
    told = [text for text in await place.phone("13900001111") if "缺工伤鉴定" in text]
    insured = [text for text in await place.phone() if "缺工伤鉴定" in text]
    assert (len(told), len(insured)) == (1, 0 if heir_paid else 1)


@pytest.mark.feature("P.05")
async def test_the_answer_to_an_appeal_reaches_the_member_once(place: Place) -> None:
    await place.deliver(MembersAdmitted(batch_id=new_id(), members=[place.person()]))
    fact = ClaimFact(
        claim_id=new_id(), number="L4", kind="hospital", person_id=place.person_id, product_code="three-in-one",
        pack_version=1, status="in_review",
    )  # fmt: skip
    answer = place.tenant.keys.sealed_words("经复核票据有效")
    event = AppealAnswered(claim=fact, appeal_id=new_id(), kind="appeal", decision="granted", answer=answer)
    await place.deliver(event, times=2)
    await place.send()
    told = [text for text in await place.phone() if "经复核票据有效" in text]
    assert len(told) == 1 and "申诉成立" in told[0] and "L4" in told[0]


@pytest.mark.feature("N.05", "C.05")
@pytest.mark.parametrize("heir_paid", [False, True])
async def test_an_heirs_payout_is_told_to_the_applicant_and_not_to_the_dead(
    place: Place, heir_paid: bool
) -> None:
    applicant = place.person(mobile="13900001111", name="李雷").model_copy(update={"person_id": new_id()})
    await place.deliver(MembersAdmitted(batch_id=new_id(), members=[place.person(), applicant]))
    fact = payout(place).payout.model_copy(
        update={"applicant_id": applicant.person_id, "heir_paid": heir_paid}
    )
    failed = PayoutFailed(payout=fact, reason=place.tenant.keys.sealed_words("账户已销户"))
    await place.deliver(PayoutCompleted(payout=fact), failed, times=2)
    while await place.send():
        pass
    assert len(await place.phone("13900001111")) == 2
    assert len(await place.phone()) == (0 if heir_paid else 2)


@pytest.mark.feature("N.05")
async def test_money_that_had_arrived_is_said_to_have_been_given_back(place: Place) -> None:
    reason = place.tenant.keys.sealed_words("账户已销户")
    await place.deliver(MembersAdmitted(batch_id=new_id(), members=[place.person()]))
    fact = payout(place).payout
    await place.deliver(PayoutFailed(payout=fact, reason=reason))
    await place.send()
    await place.deliver(PayoutFailed(payout=fact, reason=reason, reversed=True))
    await place.send()
    told = [text for text in await place.phone() if "账户已销户" in text]
    assert sorted("款项到账后被银行退回（账户已销户）" in text for text in told) == [False, True], told
    assert all("更换银行卡" in text for text in told)
