"""Real SMS providers by their SDKs, which are synchronous: each call in a thread, with a deadline, tried once.

A provider fills a template that it has approved; which one, and with which variables, stands in the pack.
"""

import asyncio
import json
from functools import partial
from typing import Any

import structlog

from common.crypto import TenantKeys

from ..settings import NotifySettings
from .ports import Outgoing, ProviderAway, ProviderRefused

log = structlog.get_logger()
CHINA = "+86"


class AlibabaSms:
    """Alibaba Cloud 短信服务: SendSms of Dysmsapi 2017-05-25."""

    name = "aliyun"
    refused = frozenset({"isv.MOBILE_NUMBER_ILLEGAL", "isv.BLACK_KEY_CONTROL_LIMIT", "isv.DENY_IP_RANGE"})

    def __init__(self, settings: NotifySettings) -> None:
        from alibabacloud_dysmsapi20170525 import client, models
        from alibabacloud_tea_openapi import utils_models
        from darabonba.runtime import RuntimeOptions

        wait = settings.provider_timeout_seconds * 1000
        config = utils_models.Config(
            access_key_id=settings.aliyun_access_key_id.get_secret_value(),
            access_key_secret=settings.aliyun_access_key_secret.get_secret_value(),
            endpoint=settings.aliyun_sms_endpoint,
            protocol=settings.aliyun_protocol,
            read_timeout=wait,
            connect_timeout=wait,
        )
        self._models = models
        self._client = client.Client(config)
        self._runtime = RuntimeOptions(
            autoretry=False, max_attempts=1, read_timeout=wait, connect_timeout=wait
        )

    async def send(self, message: Outgoing, keys: TenantKeys) -> str:
        """Send one SMS; the message's token is the provider's OutId."""
        code, variables = filled(message, self.name)
        request = self._models.SendSmsRequest(
            phone_numbers=message.mobile,
            sign_name=message.signature,
            template_code=code,
            template_param=json.dumps(variables, ensure_ascii=False),
            out_id=str(message.token),
        )
        answer = await called(self.name, partial(self._client.send_sms_with_options, request, self._runtime))
        body = getattr(answer, "body", None)
        return settled(self, getattr(body, "code", None), getattr(body, "biz_id", None), ok="OK")


class TencentSms:
    """Tencent Cloud 短信: SendSms of 2021-01-11."""

    name = "tencent"
    refused = frozenset(
        {
            "InvalidParameterValue.IncorrectPhoneNumber",
            "FailedOperation.PhoneNumberInBlacklist",
            "FailedOperation.ContainSensitiveWord",
        }
    )

    def __init__(self, settings: NotifySettings) -> None:
        from tencentcloud.common.credential import Credential
        from tencentcloud.common.profile.client_profile import ClientProfile
        from tencentcloud.common.profile.http_profile import HttpProfile
        from tencentcloud.sms.v20210111 import models, sms_client

        http = HttpProfile(
            protocol=settings.tencent_protocol,
            endpoint=settings.tencent_sms_endpoint,
            reqTimeout=settings.provider_timeout_seconds,
        )
        credential = Credential(
            settings.tencent_secret_id.get_secret_value(), settings.tencent_secret_key.get_secret_value()
        )
        self._app = settings.tencent_sms_app_id
        self._models = models
        self._client = sms_client.SmsClient(
            credential, settings.tencent_region, ClientProfile(httpProfile=http)
        )

    async def send(self, message: Outgoing, keys: TenantKeys) -> str:
        """Send one SMS; the message's token is the provider's SessionContext."""
        code, variables = filled(message, self.name)
        request = self._models.SendSmsRequest()
        request.SmsSdkAppId, request.SignName, request.TemplateId = self._app, message.signature, code
        request.TemplateParamSet = list(variables.values())
        request.PhoneNumberSet = [CHINA + message.mobile]
        request.SessionContext = str(message.token)
        answer = await called(self.name, partial(self._client.SendSms, request))
        states = getattr(answer, "SendStatusSet", None) or [None]
        return settled(self, getattr(states[0], "Code", None), getattr(states[0], "SerialNo", None), ok="Ok")


class InOrder:
    """Tries providers one after the other; only who refuses the number itself ends the search.

    A provider that got the message and did not answer in time may deliver it too: a code that comes twice is better
    than none.
    """

    def __init__(self, channels: list["AlibabaSms | TencentSms"]) -> None:
        self._channels = channels

    async def send(self, message: Outgoing, keys: TenantKeys) -> str:
        """Return the id of the first provider that takes it; ProviderAway when none does."""
        reasons = []
        for channel in self._channels:
            try:
                return f"{channel.name}:{await channel.send(message, keys)}"
            except ProviderAway as error:
                reasons.append(f"{channel.name}={error}")
        raise ProviderAway(" ".join(reasons))


def filled(message: Outgoing, provider: str) -> tuple[str, dict[str, str]]:
    """Return the provider's template of a message and its variables in order; ProviderAway where there is none:
    a pack that names one makes the message go later.
    """
    template = message.providers.get(provider)
    if template is None or not message.signature:
        raise ProviderAway("template.missing")
    code = template.english if message.language == "en" and template.english else template.code
    return code, {name: message.variables.get(name, "") for name in template.variables}


async def called(provider: str, call: Any) -> Any:
    """Call an SDK in a thread; every exception of its is the provider's failure, by its code."""
    try:
        return await asyncio.to_thread(call)
    except Exception as error:
        code = str(getattr(error, "code", None) or type(error).__name__)
        log.warning("sms.failed", provider=provider, code=code)
        raise ProviderAway(code[:80]) from None


def settled(channel: "AlibabaSms | TencentSms", code: object, sent_id: object, *, ok: str) -> str:
    """Return the provider's id of an accepted message; ProviderRefused for the number, ProviderAway for the rest."""
    if code == ok and isinstance(sent_id, str) and sent_id:
        return sent_id
    if code in channel.refused:
        raise ProviderRefused(str(code))
    raise ProviderAway(str(code or "no answer")[:80])


PROVIDERS: dict[str, type[AlibabaSms] | type[TencentSms]] = {
    AlibabaSms.name: AlibabaSms,
    TencentSms.name: TencentSms,
}
