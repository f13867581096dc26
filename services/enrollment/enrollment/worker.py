"""Composition of enrollment's worker: relay, consumers, issuing, snapshots."""

from datetime import timedelta

from common.consumer import Job, Worker
from common.http import ServiceContext

from .app import SERVICE
from .consumers import SUBSCRIBED, SUBSCRIPTIONS
from .policies.jobs import issue_policies, tell_policies
from .settings import Settings

JOBS = (
    Job("issue-policies", every=timedelta(seconds=1), run=issue_policies),
    Job("tell-policies", every=timedelta(seconds=5), run=tell_policies),
)


def create_worker(settings: Settings | None = None) -> Worker:
    """Return enrollment's worker."""
    settings = settings or Settings()
    context = ServiceContext.make(SERVICE, settings, subscribed=SUBSCRIBED)
    return Worker(context, subscriptions=SUBSCRIPTIONS, jobs=JOBS)
