"""The ports as use cases see them; which adapter stands behind is the settings' business."""

from dataclasses import dataclass
from typing import Literal, Protocol
from uuid import UUID

from common.errors import DomainError, ServiceBusy
from common.text import Text

Verdict = Literal["passed", "failed", "pending"]


class VerificationAway(ServiceBusy):
    """The provider did not answer or is not set up; nothing was decided and no try is lost."""

    code = "verification.away"
    text = Text(
        "核验服务暂时不可用，本次不计入失败次数，请稍后再试。",
        "The verification service is away. This try does not count; please try again shortly.",
    )


class VerificationRefused(DomainError):
    """The provider will not look at these values (malformed, unsupported)."""

    status = 422
    code = "verification.refused"
    text = Text(
        "核验服务不接受所填信息，请核对姓名和证件号码后重新绑定。",
        "The verification service does not take these values. Check name and number, then bind again.",
    )


@dataclass(frozen=True)
class FaceAsked:
    """Whose face is to be verified. `reference` names the binding to the provider, nothing personal."""

    tenant_id: UUID
    reference: UUID
    name: str
    document_kind: str
    document_number: str
    return_url: str


@dataclass(frozen=True)
class FaceStarted:
    """A verification that waits for the person: where to send them, and how to ask for the outcome."""

    token: str
    url: str


@dataclass(frozen=True)
class CardAsked:
    """The four factors: name, document number, card, mobile registered at the bank."""

    tenant_id: UUID
    reference: UUID
    name: str
    document_number: str
    card: str
    mobile: str


class FaceVerifier(Protocol):
    """Compares a living face with the authority's picture. VerificationAway or VerificationRefused."""

    kinds: frozenset[str]
    """Kinds of document it can verify."""

    async def begin(self, asked: FaceAsked) -> FaceStarted:
        """Open a verification."""

    async def outcome(self, tenant_id: UUID, token: str) -> Verdict:
        """Return how it ended; "pending" while the person is not done."""


class BankCardChecker(Protocol):
    """Asks the banks whether four factors belong together. VerificationAway or VerificationRefused."""

    async def matches(self, asked: CardAsked) -> bool:
        """Whether they do."""


class WeChatSignIn(Protocol):
    """Exchanges a mini-program's code for the user's open id."""

    async def open_id(self, *, app_id: str, key_name: str, code: str) -> str:
        """Return the open id; WeChatCodeInvalid, or VerificationAway when WeChat does not answer."""


class WeChatCodeInvalid(DomainError):
    """WeChat does not know the code: used, too old, or of another app."""

    status = 422
    code = "wechat.code_invalid"
    text = Text(
        "微信登录凭证已失效，请重新打开小程序。", "The WeChat code is no longer valid. Open the app again."
    )
