"""What running enrollment holds besides the common context: roster processes and the object store."""

from common.http import ServiceContext
from common.storage import ObjectStore

from .imports.pool import RosterPool
from .settings import Settings

SERVICE = "enrollment"


def make_context(settings: Settings, *, subscribed: frozenset[str] = frozenset()) -> ServiceContext:
    """Return the service's context with everything it holds; nothing is opened before its first use."""
    context = ServiceContext.make(SERVICE, settings, subscribed=subscribed)
    context.extras["roster_pool"] = RosterPool(
        processes=settings.roster_processes, master_keys=settings.master_keys.get_secret_value()
    )
    context.extras["store"] = ObjectStore.connect(settings, SERVICE)
    return context
