"""Which provider a running service uses."""

from redis.asyncio import Redis

from common.settings import SettingsUnusable

from ...settings import Settings
from .interface import PaymentPort
from .sandbox import SandboxPayments
from .wechat import Merchants, WechatPayments


def make_ports(settings: Settings, redis: Redis, link_key: bytes) -> dict[str, PaymentPort]:
    """Return the providers by channel; the first one takes new payments.

    SettingsUnusable for a sandbox outside of local runs: it would take no money.
    """
    if settings.payments == "wechat":
        merchants = Merchants(settings.wechat_merchants)
        port = WechatPayments(
            merchants, endpoint=settings.wechat_endpoint, public_url=settings.public_url.rstrip("/")
        )
        return {port.channel: port}
    local = settings.environment == "local"
    if settings.payments == "sandbox" and not local:
        raise SettingsUnusable(
            "环境变量 ENROLLMENT_PAYMENTS 不能是 sandbox：只用于本机试运行，收不到钱。"
            " It must not be the sandbox outside a local run: that takes no money."
        )
    if settings.payments == "sandbox" or (settings.payments == "auto" and local):
        sandbox = SandboxPayments(redis, link_key)
        return {sandbox.channel: sandbox}
    return {}
