"""What running enrollment holds besides the common context: roster processes, object store, payment providers."""

from common.http import ServiceContext
from common.storage import ObjectStore

from .imports.pool import RosterPool
from .online_payments.ports import make_ports
from .settings import Settings

SERVICE = "enrollment"


def make_context(settings: Settings, *, subscribed: frozenset[str] = frozenset()) -> ServiceContext:
    """Return the service's context with everything it holds; nothing is opened before its first use."""
    context = ServiceContext.make(SERVICE, settings, subscribed=subscribed)
    context.extras["roster_pool"] = RosterPool(
        lanes=settings.roster_processes, master_keys=settings.master_keys.get_secret_value()
    )
    context.extras["store"] = ObjectStore.connect(settings, SERVICE)
    context.extras["payments"] = make_ports(settings, context.redis, context.link_key)
    return context
