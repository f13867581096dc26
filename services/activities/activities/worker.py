"""The worker of activities: relay and consumers."""

from datetime import timedelta

from common.consumer import Job, Worker
from common.http import ServiceContext

from .consumers import SUBSCRIBED, SUBSCRIPTIONS
from .sealed import SEALED
from .settings import ActivitiesSettings
from .stock.watching import watch_stock
from .tasks import TASKS


def create_worker(settings: ActivitiesSettings | None = None) -> Worker:
    """Return the worker; its settings come from the environment unless they are given."""
    context = ServiceContext.make("activities", settings or ActivitiesSettings(), subscribed=SUBSCRIBED)
    jobs = (Job("watch_stock", every=timedelta(minutes=1), run=watch_stock),)
    return Worker(context, subscriptions=SUBSCRIPTIONS, jobs=jobs, tasks=TASKS, sealed=SEALED)
