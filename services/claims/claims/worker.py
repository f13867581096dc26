"""Worker of the claims service: relay, consumers, decisions on the settlement feed."""

from typing import cast

from common.consumer import Job, Worker
from common.http import ServiceContext
from common.proposals.jobs import expiry
from common.settings import CommonSettings

from .commands import COMMANDS
from .consumers import SUBSCRIPTIONS
from .deadlines.job import watch_deadlines
from .feed.job import fetch_drops, import_and_decide
from .feed.store import feed_store
from .payouts.batches.schedule import prepare_batches
from .reconciliation.job import match_statements
from .reports.job import forget_old_reports, make_due_reports
from .review.deadlines import watch_tasks
from .sealed import SEALED
from .settings import ClaimsSettings
from .tasks import TASKS


def create_worker(settings: CommonSettings | None = None) -> Worker:
    """Return the worker."""
    chosen = cast(ClaimsSettings, settings or ClaimsSettings())
    subscribed = frozenset(subscription.event.wire for subscription in SUBSCRIPTIONS)
    context = ServiceContext.make("claims", chosen, subscribed=subscribed)
    jobs = (
        Job("feed", every=chosen.feed_every, run=import_and_decide, shared=True),
        Job("feed-drop", every=chosen.feed_drop_every, run=fetch_drops),
        Job("deadlines", every=chosen.deadlines_every, run=watch_deadlines),
        Job("reconciliation", every=chosen.reconciliation_every, run=match_statements),
        Job("task-deadlines", every=chosen.tasks_every, run=watch_tasks),
        Job("payout-batches", every=chosen.batches_every, run=prepare_batches),
        Job("reports", every=chosen.reports_every, run=make_due_reports),
        Job("old-reports", every=chosen.old_reports_every, run=forget_old_reports),
        expiry(COMMANDS),
    )
    return Worker(
        context, subscriptions=SUBSCRIPTIONS, jobs=jobs, lifespan=feed_store, tasks=TASKS, sealed=SEALED
    )
