"""The port to whoever carries messages, and the sandbox behind it."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from common.clock import now
from common.crypto import TenantKeys
from common.http import ServiceContext

from ..errors import ChannelNotSandbox
from ..sandbox.repository import SandboxRepository
from ..settings import NotifySettings


class ProviderAway(Exception):
    """The provider did not answer, or not now: try again later."""


class ProviderRefused(Exception):
    """The provider will never deliver this (number unknown, text not allowed); the argument says why."""


@dataclass(frozen=True)
class Outgoing:
    """A message ready to go. `token` is the same at every attempt: a provider that has it sends nothing twice."""

    tenant_id: UUID
    token: UUID
    mobile: str
    text: str
    template: str
    channel: str


class SmsChannel(Protocol):
    """Sends one SMS."""

    async def send(self, message: Outgoing, keys: TenantKeys) -> str:
        """Return the provider's id; ProviderAway or ProviderRefused."""


class SandboxSms:
    """Keeps messages on the sandbox's phones instead of sending them."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context

    async def send(self, message: Outgoing, keys: TenantKeys) -> str:
        """Put the message on its phone; the same token a second time changes nothing."""
        async with self._context.db.transaction(message.tenant_id) as session:
            await SandboxRepository(session, message.tenant_id).deliver(
                {
                    "id": message.token,
                    "created_at": now(),
                    "mobile": keys.seal(message.mobile, context="person.mobile"),
                    "mobile_index": keys.blind("mobile", message.mobile),
                    "template": message.template,
                    "channel": message.channel,
                    "text": keys.seal(message.text, context="message.text"),
                }
            )
        return f"sandbox-{message.token}"


def make_sms(context: ServiceContext, settings: NotifySettings) -> SmsChannel:
    """Return the channel that the settings name; the sandbox only in local runs."""
    if settings.sms != "sandbox":
        raise ChannelNotSandbox(f"NOTIFY_SMS={settings.sms} is not a channel of this build")
    if settings.environment != "local":
        raise ChannelNotSandbox("the sandbox sends nothing; set NOTIFY_SMS outside a local run")
    return SandboxSms(context)
