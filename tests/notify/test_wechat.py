"""WeChat subscription messages against a stand-in of the server API, and who gets one."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from common.auth import ActorKind
from common.clock import now
from common.contracts.identity import MemberBound, PreferencesChanged
from common.contracts.pack.entrances import WeChatApp
from common.contracts.pack.messages import WechatTemplate
from common.contracts.wechat import WechatLinked
from common.ids import new_id
from notify.errors import ChannelNotSandbox
from notify.sending.channels import make_channels
from notify.sending.ports import Outgoing, ProviderAway, ProviderRefused
from notify.sending.service import send_due
from notify.sending.wechat import WeChatMessages
from notify.settings import NotifySettings

from .conftest import Place
from .test_messages import payout

APP = WeChatApp(app_id="wx0123456789abcdef", key_env="HUZHU_WECHAT_TEST_KEY")
TEMPLATE = WechatTemplate(
    template_id="abcdefghijklmnopqrstuvwx",
    fields={"thing1": "{product}", "amount2": "{amount}"},
    page="pages/payouts",
)


class StandIn:
    """Answers like WeChat; `send` says what a message gets."""

    def __init__(self, send: Callable[[int], Any] | None = None) -> None:
        self.tokens: list[dict[str, Any]] = []
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self._send = send or (lambda number: {"errcode": 0, "errmsg": "ok", "msgid": 77})

    def channel(self) -> WeChatMessages:
        client = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        return WeChatMessages(endpoint="https://api.weixin.qq.com", timeout=2, client=client)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        if request.url.path == "/cgi-bin/stable_token":
            self.tokens.append(body)
            return httpx.Response(200, json={"access_token": f"T{len(self.tokens)}", "expires_in": 7200})
        assert request.url.path == "/cgi-bin/message/subscribe/send"
        self.sent.append((request.url.params["access_token"], body))
        answer = self._send(len(self.sent))
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, int):
            return httpx.Response(answer)
        return httpx.Response(200, json=answer)


def outgoing(place: Place, **changes: Any) -> Outgoing:
    values = {
        "tenant_id": place.tenant.id, "token": new_id(), "mobile": "", "text": "x", "channel": "wechat",
        "template": "claims.payout_completed", "wechat": TEMPLATE, "app": APP, "open_id": "o-1",
        "variables": {"thing1": "在职职工住院医疗互助保障活动（二〇二六年度）", "amount2": "461.00"},
    }  # fmt: skip
    return Outgoing(**values | changes)


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUZHU_WECHAT_TEST_KEY", "a-key-of-the-tests")


@pytest.mark.feature("E.10")
async def test_a_message_is_sent_with_one_token_and_fields_that_fit(place: Place) -> None:
    stand_in = StandIn()
    channel = stand_in.channel()
    assert await channel.send(outgoing(place), place.tenant.keys) == "77"
    await asyncio.gather(*(channel.send(outgoing(place), place.tenant.keys) for _ in range(5)))
    assert len(stand_in.tokens) == 1 and stand_in.tokens[0]["secret"] == "a-key-of-the-tests"
    token, body = stand_in.sent[0]
    assert (token, body["touser"], body["template_id"]) == ("T1", "o-1", TEMPLATE.template_id)
    assert body["page"] == "pages/payouts" and body["data"]["amount2"] == {"value": "461.00"}
    assert len(body["data"]["thing1"]["value"]) == 20 and body["data"]["thing1"]["value"].endswith("…")
    await channel.close()


async def test_a_token_that_is_no_longer_good_is_fetched_anew(place: Place) -> None:
    stand_in = StandIn(lambda number: {"errcode": 42001} if number == 1 else {"errcode": 0})
    token = new_id()
    assert await stand_in.channel().send(outgoing(place, token=token), place.tenant.keys) == str(token)
    assert [used for used, _ in stand_in.sent] == ["T1", "T2"] and stand_in.tokens[1]["force_refresh"]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"errcode": 43101}, ProviderRefused),
        ({"errcode": 40003}, ProviderRefused),
        ({"errcode": 47003}, ProviderRefused),
        ({"errcode": -1}, ProviderAway),
        ({"errcode": 45009}, ProviderAway),
        (["no object"], ProviderAway),
        (503, ProviderAway),
        (httpx.ReadTimeout("slow"), ProviderAway),
        (httpx.ConnectError("away"), ProviderAway),
    ],
)
async def test_refusals_and_failures(place: Place, answer: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        await StandIn(lambda number: answer).channel().send(outgoing(place), place.tenant.keys)


async def test_without_link_template_or_key_nothing_is_sent(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in = StandIn()
    with pytest.raises(ProviderRefused):
        await stand_in.channel().send(outgoing(place, open_id=None), place.tenant.keys)
    with pytest.raises(ProviderAway):
        await stand_in.channel().send(outgoing(place, wechat=None), place.tenant.keys)
    monkeypatch.delenv("HUZHU_WECHAT_TEST_KEY")
    with pytest.raises(ProviderAway):
        await stand_in.channel().send(outgoing(place), place.tenant.keys)
    assert stand_in.sent == []


async def test_outside_a_local_run_the_sandbox_is_refused(place: Place, environment: dict[str, str]) -> None:
    context = place.client.context
    production = NotifySettings(
        environment="production", sms="aliyun", aliyun_access_key_id="an-id", aliyun_access_key_secret="a-key",  # type: ignore[arg-type]
        wechat="sandbox",
    )  # fmt: skip
    assert [line.split()[1] for line in production.unmet()] == ["NOTIFY_WECHAT"], (
        "a process does not start so"
    )
    with pytest.raises(ChannelNotSandbox):
        await make_channels(context, production).send(outgoing(place, channel="wechat"), place.tenant.keys)
    real = make_channels(context, production.model_copy(update={"wechat": "auto"}))
    with pytest.raises(ProviderRefused):
        await real.send(outgoing(place, channel="pigeon"), place.tenant.keys)


@pytest.mark.feature("E.10", "E.11")
async def test_who_is_linked_and_wants_notices_is_told_by_wechat(place: Place, new_tenant: Any) -> None:
    pack = place.tenant.pack
    paid = next(
        message for message in pack.messages_for("claims.payout_completed") if message.channel == "sms"
    )
    wechat = paid.model_copy(update={"channel": "wechat", "wechat": TEMPLATE, "must_arrive": False})
    tenant = await new_tenant(
        place.client.context, pack=pack.model_copy(update={"messages": (*pack.messages, wechat)})
    )
    mine = Place(place.client, tenant, new_id(), new_id())
    account = new_id()
    member = mine.person().model_copy(update={"account_id": account})
    await mine.deliver(MemberBound(member=member, account_id=account))
    await mine.send()
    await mine.deliver(payout(mine))
    assert await mine.send() == 1, "by SMS only: no WeChat user is linked"
    open_id = tenant.keys.sealed("o-42", context="wechat.open_id")
    newer = WechatLinked(account_id=account, changed_at=now(), open_id=open_id)
    older = WechatLinked(account_id=account, changed_at=now().replace(year=2020))
    await mine.deliver(newer, older, newer)
    await mine.deliver(payout(mine))
    context = place.client.context
    channel = make_channels(context, NotifySettings())
    assert (
        await send_due(
            context, tenant.id, channel=channel, urgent=False, most=9, at_once=2, quiet_hours=False
        )
        == 2
    )
    assert len(await mine.phone("wechat:o-42")) == 1
    await mine.deliver(
        PreferencesChanged(person_id=mine.person_id, version=1, enrolment_sms=True, service_notices=False)
    )
    await mine.deliver(payout(mine))
    assert (
        await send_due(
            context, tenant.id, channel=channel, urgent=False, most=9, at_once=2, quiet_hours=False
        )
        == 1
    ), "SMS must arrive"
    assert ActorKind.MEMBER
