"""The port of messages: what goes out, what carries it, and the two ways in which that fails."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from common.contracts.pack.entrances import WeChatApp
from common.contracts.pack.messages import ProviderTemplate, WechatTemplate
from common.crypto import TenantKeys


class ProviderAway(Exception):
    """The provider did not answer, or not now: try again later."""


class ProviderRefused(Exception):
    """The provider will never deliver this (number unknown, text not allowed); the argument says why."""


@dataclass(frozen=True)
class Outgoing:
    """A message ready to go. `token` is the same at every attempt; providers return it with their reports."""

    tenant_id: UUID
    token: UUID
    mobile: str
    text: str
    template: str
    channel: str
    language: str = "zh"
    """zh | en, of the text: which of a provider's templates is filled."""
    signature: str | None = None
    """短信签名 of the union, as the providers have approved it."""
    providers: Mapping[str, ProviderTemplate] = field(default_factory=dict)
    """The approved template of each provider, from the pack."""
    variables: Mapping[str, str] = field(default_factory=dict)
    wechat: WechatTemplate | None = None
    app: WeChatApp | None = None
    """The union's mini-program."""
    open_id: str | None = None
    """The WeChat user, for messages of that channel."""


class MessageChannel(Protocol):
    """Sends one message."""

    async def send(self, message: Outgoing, keys: TenantKeys) -> str:
        """Return the provider's id; ProviderAway or ProviderRefused."""
