"""Who carries messages, by the settings, and the sandbox of local runs."""

from collections.abc import Callable
from functools import cached_property, partial

from common.clock import now
from common.crypto import TenantKeys
from common.http import ServiceContext

from ..errors import ChannelNotSandbox
from ..sandbox.repository import SandboxRepository
from ..settings import NotifySettings
from .ports import MessageChannel, Outgoing, ProviderRefused


class SandboxSms:
    """Keeps messages on the sandbox's phones instead of sending them; WeChat users have a phone of their open id."""

    def __init__(self, context: ServiceContext) -> None:
        self._context = context

    async def send(self, message: Outgoing, keys: TenantKeys) -> str:
        """Put the message on its phone; the same token a second time changes nothing."""
        phone = f"wechat:{message.open_id}" if message.channel == "wechat" else message.mobile
        async with self._context.db.transaction(message.tenant_id) as session:
            await SandboxRepository(session, message.tenant_id).deliver(
                {
                    "id": message.token,
                    "created_at": now(),
                    "mobile": keys.seal(phone, context="person.mobile"),
                    "mobile_index": keys.blind("mobile", phone),
                    "template": message.template,
                    "channel": message.channel,
                    "text": keys.seal(message.text, context="message.text"),
                }
            )
        return f"sandbox-{message.token}"


class ByChannel:
    """Gives each message to whoever carries its channel."""

    def __init__(self, *, sms: MessageChannel, wechat: MessageChannel) -> None:
        self._by = {"sms": sms, "wechat": wechat}

    async def send(self, message: Outgoing, keys: TenantKeys) -> str:
        """Return the provider's id; ProviderAway or ProviderRefused."""
        channel = self._by.get(message.channel)
        if channel is None:
            raise ProviderRefused("channel.unknown")
        return await channel.send(message, keys)


class Lazy:
    """A channel that is made when something is first sent: whoever opens a worker without running it sends nothing."""

    def __init__(self, make: Callable[[], MessageChannel]) -> None:
        self._make = make

    @cached_property
    def _made(self) -> MessageChannel:
        return self._make()

    async def send(self, message: Outgoing, keys: TenantKeys) -> str:
        """Send by the channel."""
        return await self._made.send(message, keys)


def make_channels(context: ServiceContext, settings: NotifySettings) -> ByChannel:
    """Return the channels that the settings name; `NotifySettings.unmet` says before whether they can be made."""
    return ByChannel(
        sms=Lazy(partial(make_sms, context, settings)), wechat=Lazy(partial(make_wechat, context, settings))
    )


def make_wechat(context: ServiceContext, settings: NotifySettings) -> MessageChannel:
    """Return WeChat, or the sandbox in local runs."""
    local = settings.environment == "local"
    if settings.wechat == "sandbox" or (settings.wechat == "auto" and local):
        if not local:
            raise ChannelNotSandbox("the sandbox sends nothing; set NOTIFY_WECHAT=wechat outside a local run")
        return SandboxSms(context)
    from .wechat import WeChatMessages  # loaded only where it is used

    return WeChatMessages(endpoint=settings.wechat_endpoint, timeout=settings.provider_timeout_seconds)


def make_sms(context: ServiceContext, settings: NotifySettings) -> MessageChannel:
    """Return the channel that the settings name: a sandbox only in local runs, else providers in their order."""
    if settings.sms == "sandbox":
        if settings.environment != "local":
            raise ChannelNotSandbox("the sandbox sends nothing; set NOTIFY_SMS outside a local run")
        return SandboxSms(context)
    from .providers import PROVIDERS, InOrder  # the SDKs are loaded only where they are used

    names = settings.senders
    unknown = [name for name in names if name not in PROVIDERS]
    if unknown:
        raise ChannelNotSandbox(f"NOTIFY_SMS={settings.sms}: {unknown[0]!r} is not a channel of this build")
    return InOrder([PROVIDERS[name](settings) for name in names])
