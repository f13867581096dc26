"""Composition of enrollment's worker: relay, consumers, large rosters, issuing, snapshots."""

from datetime import timedelta

from common.consumer import Job, Worker

from .consumers import SUBSCRIBED, SUBSCRIPTIONS
from .extras import make_context
from .imports.jobs import check_rosters
from .issuing.jobs import issue_policies
from .online_payments.jobs import ask_about_payments, send_refunds
from .policies.jobs import tell_policies
from .settings import Settings

JOBS = (
    Job("check-rosters", every=timedelta(seconds=1), run=check_rosters),
    Job("issue-policies", every=timedelta(seconds=1), run=issue_policies),
    Job("ask-about-payments", every=timedelta(seconds=20), run=ask_about_payments),
    Job("send-refunds", every=timedelta(seconds=10), run=send_refunds),
    Job("tell-policies", every=timedelta(seconds=5), run=tell_policies),
)


def create_worker(settings: Settings | None = None) -> Worker:
    """Return enrollment's worker."""
    settings = settings or Settings()
    context = make_context(settings, subscribed=SUBSCRIBED)
    return Worker(context, subscriptions=SUBSCRIPTIONS, jobs=JOBS)
