"""SMS providers by their SDKs against stand-ins that check signatures: sent, refused, away, slow, absurd."""

from collections.abc import Iterator
from typing import Any

import pytest

from common.contracts.pack.messages import ProviderTemplate
from common.ids import new_id
from common.testing import TestTenant
from notify.errors import ChannelNotSandbox
from notify.sending.channels import make_channels, make_sms
from notify.sending.ports import Outgoing, ProviderAway, ProviderRefused
from notify.sending.providers import AlibabaSms, InOrder, TencentSms
from notify.settings import NotifySettings

from ..vendor_servers import SECRET_ID, SECRET_KEY, Vendor, vendor
from ..vendor_signatures import tc3
from .conftest import Place

ALIYUN_OK = {"Code": "OK", "Message": "OK", "BizId": "9006^0", "RequestId": "R1"}
TENCENT_OK = {"Response": {"SendStatusSet": [{"Code": "Ok", "SerialNo": "5000:1"}], "RequestId": "R2"}}


@pytest.fixture
def stand_in(environment: dict[str, str]) -> Iterator[Vendor]:
    with vendor() as running:
        yield running


def settings_for(aliyun: Vendor, tencent: Vendor | None = None, **more: Any) -> NotifySettings:
    return NotifySettings(
        aliyun_access_key_id=SECRET_ID, aliyun_access_key_secret=SECRET_KEY, aliyun_sms_endpoint=aliyun.host,
        aliyun_protocol="http", tencent_secret_id=SECRET_ID, tencent_secret_key=SECRET_KEY,
        tencent_sms_endpoint=(tencent or aliyun).host, tencent_protocol="http", tencent_sms_app_id="1400000001",
        provider_timeout_seconds=4, **more,
    )  # fmt: skip


def outgoing(place: Place, **changes: Any) -> Outgoing:
    variables = {"code": "482913", "minutes": "5"}
    templates = {
        "aliyun": ProviderTemplate(code="SMS_1", variables=("code", "minutes")),
        "tencent": ProviderTemplate(code="100001", variables=("minutes", "code")),
    }
    values = {
        "tenant_id": place.tenant.id, "token": new_id(), "mobile": "13800001234", "text": "x", "channel": "sms",
        "template": "identity.sms_code", "signature": "无锡互助", "providers": templates, "variables": variables,
    }  # fmt: skip
    return Outgoing(**{**values, **changes})


async def send(channel: Any, place: Place, **changes: Any) -> str:
    return str(await channel.send(outgoing(place, **changes), place.tenant.keys))


async def test_alibaba_takes_a_message_signed_as_its_documentation_says(
    place: Place, stand_in: Vendor
) -> None:
    stand_in.answer = lambda action, values: ALIYUN_OK
    token = new_id()
    assert await send(AlibabaSms(settings_for(stand_in)), place, token=token) == "9006^0"
    ((action, values),) = stand_in.asked
    assert (action, stand_in.signed) == ("SendSms", [True])
    assert (values["PhoneNumbers"], values["SignName"], values["TemplateCode"]) == (
        "13800001234",
        "无锡互助",
        "SMS_1",
    )
    assert values["TemplateParam"] == '{"code": "482913", "minutes": "5"}' and values["OutId"] == str(token)


async def test_tencent_takes_a_message_signed_as_its_documentation_says(
    place: Place, stand_in: Vendor
) -> None:
    stand_in.answer = lambda action, values: TENCENT_OK
    assert await send(TencentSms(settings_for(stand_in)), place) == "5000:1"
    ((action, values),) = stand_in.asked
    assert (action, stand_in.signed) == ("SendSms", [True])
    assert values["PhoneNumberSet"] == ["+8613800001234"] and values["TemplateParamSet"] == ["5", "482913"]
    assert (values["SmsSdkAppId"], values["TemplateId"]) == ("1400000001", "100001")


@pytest.mark.parametrize(
    ("channel", "answer", "error"),
    [
        (AlibabaSms, {"Code": "isv.MOBILE_NUMBER_ILLEGAL", "Message": "x"}, ProviderRefused),
        (AlibabaSms, {"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": "x"}, ProviderAway),
        (AlibabaSms, {"Code": "isp.SYSTEM_ERROR"}, ProviderAway),
        (AlibabaSms, {"Code": "OK"}, ProviderAway),
        (AlibabaSms, {}, ProviderAway),
        (AlibabaSms, b"<html>not json</html>", ProviderAway),
        (AlibabaSms, 503, ProviderAway),
        (AlibabaSms, 403, ProviderAway),
        (
            TencentSms,
            {"Response": {"SendStatusSet": [{"Code": "FailedOperation.PhoneNumberInBlacklist"}]}},
            ProviderRefused,
        ),
        (
            TencentSms,
            {"Response": {"SendStatusSet": [{"Code": "LimitExceeded.PhoneNumberDailyLimit"}]}},
            ProviderAway,
        ),
        (
            TencentSms,
            {"Response": {"Error": {"Code": "AuthFailure.SignatureFailure", "Message": "x"}}},
            ProviderAway,
        ),
        (TencentSms, {"Response": {"SendStatusSet": []}}, ProviderAway),
        (TencentSms, {"Response": {}}, ProviderAway),
        (TencentSms, {}, ProviderAway),
        (TencentSms, b"nothing", ProviderAway),
        (TencentSms, 500, ProviderAway),
    ],
)
async def test_refusals_and_failures(
    place: Place, stand_in: Vendor, channel: Any, answer: Any, error: Any
) -> None:
    stand_in.answer = lambda action, values: answer
    with pytest.raises(error):
        await send(channel(settings_for(stand_in)), place)
    assert len(stand_in.asked) == 1, "tried once; the queue tries again"


@pytest.mark.parametrize("channel", [AlibabaSms, TencentSms])
async def test_one_who_does_not_answer_in_time_is_away(place: Place, stand_in: Vendor, channel: Any) -> None:
    stand_in.answer, stand_in.pause = lambda action, values: ALIYUN_OK, 6
    with pytest.raises(ProviderAway):
        await send(channel(settings_for(stand_in)), place)


async def test_the_second_sends_when_the_first_is_away_but_not_when_the_number_is_wrong(place: Place) -> None:
    with vendor() as aliyun, vendor() as tencent:
        settings = settings_for(aliyun, tencent)
        both = InOrder([AlibabaSms(settings), TencentSms(settings)])
        aliyun.answer, tencent.answer = lambda a, v: 500, lambda a, v: TENCENT_OK
        assert await send(both, place) == "tencent:5000:1"
        aliyun.answer = lambda a, v: ALIYUN_OK
        assert await send(both, place) == "aliyun:9006^0" and len(tencent.asked) == 1
        aliyun.answer = lambda a, v: {"Code": "isv.MOBILE_NUMBER_ILLEGAL"}
        with pytest.raises(ProviderRefused):
            await send(both, place)
        assert len(tencent.asked) == 1
        aliyun.answer, tencent.answer = lambda a, v: 500, lambda a, v: 500
        with pytest.raises(ProviderAway, match=r"aliyun=.* tencent="):
            await send(both, place)


async def test_without_an_approved_template_nothing_is_sent(place: Place, stand_in: Vendor) -> None:
    channel = AlibabaSms(settings_for(stand_in))
    for changes in ({"providers": {}}, {"signature": None}):
        with pytest.raises(ProviderAway, match=r"template\.missing"):
            await send(channel, place, **changes)
    assert stand_in.asked == []


async def test_the_settings_name_the_order(place: Place, stand_in: Vendor) -> None:
    context = place.client.context
    one = make_sms(context, settings_for(stand_in, sms="aliyun,tencent", environment="production"))
    assert isinstance(one, InOrder)
    for wrong in ({"sms": "sandbox", "environment": "production"}, {"sms": "pigeon"}, {"sms": ""}):
        with pytest.raises(ChannelNotSandbox):
            make_sms(context, settings_for(stand_in, **wrong))


def test_the_stand_in_signs_as_the_published_example() -> None:
    """The example of Tencent Cloud's page on signature v3, its secret's stars and all."""
    body = rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
    headers = {"content-type": "application/json; charset=utf-8", "host": "cvm.tencentcloudapi.com"}
    found = tc3(
        secret="Gu5t9xGARNpq86cd98joQYCN3*******", service="cvm", timestamp=1551113065, date="2019-02-25",
        headers=headers, signed=["content-type", "host"], body=body,
    )  # fmt: skip
    assert found == "2230eefd229f582d8b1b891af7107b91597240707d778ab3738f756258d7652c"


async def test_a_queued_message_leaves_with_the_packs_template_and_its_own_variables(
    place: Place, stand_in: Vendor, new_tenant: Any
) -> None:
    from notify.sending.service import send_due

    from .test_messages import code_event

    templates = {"tencent": ProviderTemplate(code="100001", variables=("code", "minutes"))}
    pack = place.tenant.pack
    messages = tuple(
        m.model_copy(update={"providers": templates}) if m.event == "identity.sms_code" else m
        for m in pack.messages
    )
    tenant = pack.tenant.model_copy(update={"sms_signature": "无锡互助"})
    other: TestTenant = await new_tenant(
        place.client.context, pack=pack.model_copy(update={"messages": messages, "tenant": tenant})
    )
    there = Place(place.client, other, new_id(), new_id())
    await there.deliver(code_event(there))
    stand_in.answer = lambda action, values: TENCENT_OK
    channel = InOrder([TencentSms(settings_for(stand_in))])
    sent = await send_due(
        place.client.context, other.id, channel=channel, urgent=True, most=5, at_once=2, quiet_hours=False
    )
    assert sent == 1 and stand_in.signed == [True]
    (values,) = [values for _, values in stand_in.asked]
    assert values["TemplateParamSet"] == ["482913", "5"] and values["SignName"] == "无锡互助"


REAL = {"environment": "production", "wechat": "wechat"}
ALIYUN = {"sms": "aliyun", "aliyun_access_key_id": "id", "aliyun_access_key_secret": "word"}
TENCENT = {
    "sms": "tencent", "tencent_secret_id": "id", "tencent_secret_key": "word", "tencent_sms_app_id": "1400",
}  # fmt: skip


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (ALIYUN, []),
        (TENCENT, []),
        (TENCENT | {"sms": "aliyun,tencent"}, ["NOTIFY_ALIYUN_ACCESS_KEY_ID", "NOTIFY_ALIYUN_ACCESS_KEY_SECRET"]),
        (ALIYUN | {"aliyun_access_key_id": " "}, ["NOTIFY_ALIYUN_ACCESS_KEY_ID"]),
        (TENCENT | {"tencent_sms_app_id": ""}, ["NOTIFY_TENCENT_SMS_APP_ID"]),
        (ALIYUN | {"sms": "alyun"}, ["NOTIFY_SMS"]),
        (ALIYUN | {"sms": "sandbox"}, ["NOTIFY_SMS"]),
        (ALIYUN | {"wechat": "sandbox"}, ["NOTIFY_WECHAT"]),
        ({"sms": "sandbox", "wechat": "sandbox", "environment": "local"}, []),
    ],
)  # fmt: skip
def test_what_the_settings_choose_is_named_where_it_cannot_work(
    environment: dict[str, str], given: dict[str, Any], named: list[str]
) -> None:
    settings = NotifySettings(**REAL | given)
    assert [line.split()[1] for line in settings.unmet()] == named
    assert not [line for line in settings.unmet() if "word" in line], "no value is shown"


async def test_a_worker_that_is_only_opened_needs_no_provider(place: Place, stand_in: Vendor) -> None:
    """Operators' commands and migrations open it; whoever sends by it is told."""
    chosen = settings_for(stand_in, **REAL, sms="sandbox")
    channels = make_channels(place.client.context, chosen)
    with pytest.raises(ChannelNotSandbox):
        await send(channels, place)
