"""The worker of activities: relay and consumers."""

from common.consumer import Worker
from common.http import ServiceContext

from .consumers import SUBSCRIBED, SUBSCRIPTIONS
from .settings import ActivitiesSettings


def create_worker(settings: ActivitiesSettings | None = None) -> Worker:
    """Return the worker; its settings come from the environment unless they are given."""
    context = ServiceContext.make("activities", settings or ActivitiesSettings(), subscribed=SUBSCRIBED)
    return Worker(context, subscriptions=SUBSCRIPTIONS)
