"""Which provider a running service uses."""

from redis.asyncio import Redis

from ...settings import Settings
from .interface import PaymentPort
from .sandbox import SandboxPayments
from .wechat import WechatPayments, read_merchants


def make_ports(settings: Settings, redis: Redis, link_key: bytes) -> dict[str, PaymentPort]:
    """Return the providers by channel; the first one takes new payments.

    ValueError for a sandbox outside of local runs: it would take no money.
    """
    if settings.payments == "wechat":
        merchants = read_merchants(settings.wechat_merchants)
        port = WechatPayments(
            merchants, endpoint=settings.wechat_endpoint, public_url=settings.public_url.rstrip("/")
        )
        return {port.channel: port}
    local = settings.environment == "local"
    if settings.payments == "sandbox" and not local:
        raise ValueError("ENROLLMENT_PAYMENTS=sandbox takes no money: local runs only")
    if settings.payments == "sandbox" or (settings.payments == "auto" and local):
        sandbox = SandboxPayments(redis, link_key)
        return {sandbox.channel: sandbox}
    return {}
