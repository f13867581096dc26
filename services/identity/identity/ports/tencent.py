"""Face verification and the four-factor check by Tencent Cloud's Faceid SDK, which is synchronous: in threads.

Calls: DetectAuth and GetDetectInfoEnhanced (a page of the provider's verifies the living face), BankCard4EVerification.
"""

import asyncio
import json
from functools import cached_property, partial
from typing import Any
from uuid import UUID

import structlog
from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.faceid.v20180301 import faceid_client, models

from common.identifiers import WITH_RESIDENT_NUMBER

from ..settings import IdentitySettings
from .interface import CardAsked, FaceAsked, FaceStarted, Verdict, VerificationAway, VerificationRefused

log = structlog.get_logger()
REFUSED = (
    "InvalidParameter",
    "MissingParameter",
    "FailedOperation.IdFormatError",
    "FailedOperation.IdNameMisMatch",
    "FailedOperation.IdNoExistSystem",
    "FailedOperation.NameFormatError",
)
"""Error codes, or families of them, that say that the values were wrong; every other failure is the provider's."""
FLOW_OVER = "InvalidParameterValue.BizToken"
"""Begins the codes of a verification that the provider has given up: the person begins another."""
CARD_MATCHES, CARD_BUSY, CARD_UNSUPPORTED = "0", {"-18", "-19"}, "-20"
"""-18: the banks are busy; -19: too many checks today; -20: no resident ID card."""


class TencentFaceid:
    """Both verifications of the Faceid product."""

    kinds: frozenset[str] = frozenset(WITH_RESIDENT_NUMBER)

    def __init__(self, settings: IdentitySettings) -> None:
        self._settings = settings
        self._rule = settings.tencent_faceid_rule

    @cached_property
    def _client(self) -> CommonClient:
        """Made at the first call: the SDK refuses empty keys, and `IdentitySettings.unmet` has words for them."""
        settings = self._settings
        http = HttpProfile(
            protocol=settings.tencent_protocol,
            endpoint=settings.tencent_faceid_endpoint,
            reqTimeout=settings.provider_timeout_seconds,
        )
        credential = Credential(
            settings.tencent_secret_id.get_secret_value(), settings.tencent_secret_key.get_secret_value()
        )
        return faceid_client.FaceidClient(
            credential, settings.tencent_region, ClientProfile(httpProfile=http)
        )

    async def begin(self, asked: FaceAsked) -> FaceStarted:
        """Open a verification at the provider's page."""
        answer = await self._call(
            "DetectAuth",
            models.DetectAuthRequest(),
            RuleId=self._rule,
            IdCard=asked.document_number,
            Name=asked.name,
            RedirectUrl=asked.return_url,
            Extra=str(asked.reference),
        )
        return FaceStarted(_text(answer, "BizToken"), _text(answer, "Url"))

    async def outcome(self, tenant_id: UUID, token: str) -> Verdict:
        """Ask how it ended: `Text.ErrCode` is 0 when face and person are the same, empty while it is open."""
        answer = await self._call(
            "GetDetectInfoEnhanced",
            models.GetDetectInfoEnhancedRequest(),
            BizToken=token,
            InfoType="1",
            RuleId=self._rule,
        )
        found = answer.get("Text")
        code = found.get("ErrCode") if isinstance(found, dict) else None
        if code is None:
            return "pending"
        return "passed" if code == 0 else "failed"

    async def matches(self, asked: CardAsked) -> bool:
        """Ask the banks; a bank that is busy decides nothing."""
        answer = await self._call(
            "BankCard4EVerification",
            models.BankCard4EVerificationRequest(),
            Name=asked.name,
            IdCard=asked.document_number,
            BankCard=asked.card,
            Phone=asked.mobile,
        )
        result = _text(answer, "Result")
        if result in CARD_BUSY:
            raise VerificationAway
        if result == CARD_UNSUPPORTED:
            raise VerificationRefused
        return result == CARD_MATCHES

    async def _call(self, action: str, request: Any, **values: str) -> dict[str, Any]:
        for name, value in values.items():
            setattr(request, name, value)
        call = partial(getattr(self._client, action), request)
        try:
            answer = await asyncio.to_thread(call)
        except TencentCloudSDKException as error:
            code = str(error.get_code())
            log.warning("faceid.failed", action=action, code=code)
            if code.startswith(FLOW_OVER):
                return {}
            if code.startswith(REFUSED):
                raise VerificationRefused from None
            raise VerificationAway from None
        except Exception as error:
            # The SDK lets errors of its JSON reader through: an answer that is none is the provider's failure.
            log.warning("faceid.unreadable", action=action, kind=type(error).__name__)
            raise VerificationAway from None
        found = json.loads(answer.to_json_string())
        return found if isinstance(found, dict) else {}


def _text(answer: dict[str, Any], name: str) -> str:
    value = answer.get(name)
    if not isinstance(value, str) or not value:
        raise VerificationAway
    return value
