"""Which adapter stands behind each port: the settings name it; a sandbox only in local runs."""

from uuid import UUID

from redis.asyncio import Redis

from common.identifiers import DOCUMENT_KINDS
from common.settings import SettingsUnusable

from ..settings import IdentitySettings
from .interface import (
    BankCardChecker,
    CardAsked,
    FaceAsked,
    FaceStarted,
    FaceVerifier,
    Verdict,
    VerificationAway,
    WeChatSignIn,
)
from .sandbox import SandboxCards, SandboxFace, SandboxWeChat, Steering
from .wechat import WeChat


class PortNotSet(SettingsUnusable):
    """The settings name a sandbox outside a local run."""


class Nobody:
    """Stands behind the ports that are not set up: whoever asks is told that the service is away."""

    kinds: frozenset[str] = frozenset(DOCUMENT_KINDS)

    async def begin(self, asked: FaceAsked) -> FaceStarted:
        """VerificationAway."""
        raise VerificationAway

    async def outcome(self, tenant_id: UUID, token: str) -> Verdict:
        """VerificationAway."""
        raise VerificationAway

    async def matches(self, asked: CardAsked) -> bool:
        """VerificationAway."""
        raise VerificationAway

    async def open_id(self, *, app_id: str, key_name: str, code: str) -> str:
        """VerificationAway."""
        raise VerificationAway


class Ports:
    """The adapters of one process."""

    def __init__(self, *, face: FaceVerifier, cards: BankCardChecker, wechat: WeChatSignIn) -> None:
        self.face = face
        self.cards = cards
        self.wechat = wechat


def make_ports(settings: IdentitySettings, redis: "Redis") -> Ports:
    """Return the adapters that the settings name; without a name a sandbox in local runs and nobody elsewhere."""
    local = settings.environment == "local"
    if not local and "sandbox" in (settings.verification, settings.wechat, settings.portals):
        raise PortNotSet(
            "环境变量 IDENTITY_VERIFICATION、IDENTITY_WECHAT、IDENTITY_PORTALS 不能是 sandbox：只用于本机试运行。"
            " They must not name the sandbox outside a local run: it decides nothing real."
        )
    sandboxed = "sandbox" if local else "none"
    wechat = _wechat(settings, settings.wechat or sandboxed)
    verification = settings.verification or sandboxed
    if verification == "sandbox":
        steering = Steering(redis)
        return Ports(face=SandboxFace(steering), cards=SandboxCards(steering), wechat=wechat)
    if verification == "none":
        return Ports(face=Nobody(), cards=Nobody(), wechat=wechat)
    from .tencent import TencentFaceid  # the SDK is loaded only where it is used

    faceid = TencentFaceid(settings)
    return Ports(face=faceid, cards=faceid, wechat=wechat)


def _wechat(settings: IdentitySettings, name: str) -> WeChatSignIn:
    if name == "wechat":
        return WeChat(endpoint=settings.wechat_endpoint, timeout=settings.provider_timeout_seconds)
    return SandboxWeChat() if name == "sandbox" else Nobody()
