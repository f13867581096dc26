"""Composition of enrollment's worker: relay, consumers, large rosters, issuing, snapshots."""

from datetime import timedelta

from common.consumer import Job, Worker

from .consumers import SUBSCRIBED, SUBSCRIPTIONS
from .extras import make_context
from .imports.jobs import check_rosters
from .issuing.jobs import issue_policies, owe_what_is_missing
from .online_payments.jobs import ask_about_payments, send_refunds
from .policies.jobs import tell_policies
from .refunds.jobs import tell_refunds
from .renewals.jobs import list_renewals, tell_renewals
from .sealed import SEALED
from .settings import Settings
from .tasks import KINDS
from .words import seal_clear_words

JOBS = (
    Job("check-rosters", every=timedelta(seconds=1), run=check_rosters, shared=True),
    Job("issue-policies", every=timedelta(seconds=1), run=issue_policies, shared=True),
    Job("owe-what-is-missing", every=timedelta(hours=1), run=owe_what_is_missing),
    Job("ask-about-payments", every=timedelta(seconds=20), run=ask_about_payments),
    Job("send-refunds", every=timedelta(seconds=10), run=send_refunds),
    Job("list-renewals", every=timedelta(minutes=1), run=list_renewals),
    Job("tell-renewals", every=timedelta(seconds=15), run=tell_renewals),
    Job("tell-policies", every=timedelta(seconds=5), run=tell_policies),
    Job("tell-refunds", every=timedelta(seconds=30), run=tell_refunds),
    Job("seal-clear-words", every=timedelta(hours=1), run=seal_clear_words),
)


def create_worker(settings: Settings | None = None) -> Worker:
    """Return enrollment's worker."""
    settings = settings or Settings()
    context = make_context(settings, subscribed=SUBSCRIBED)
    return Worker(context, subscriptions=SUBSCRIPTIONS, jobs=JOBS, tasks=KINDS, sealed=SEALED)
