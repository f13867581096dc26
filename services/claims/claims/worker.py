"""Worker of the claims service: relay, consumers, decisions on the settlement feed."""

from typing import cast

from common.consumer import Job, Worker
from common.http import ServiceContext
from common.settings import CommonSettings

from .consumers import SUBSCRIPTIONS
from .feed.job import decide_feed
from .payouts.batches.schedule import prepare_batches
from .reconciliation.job import match_statements
from .settings import ClaimsSettings


def create_worker(settings: CommonSettings | None = None) -> Worker:
    """Return the worker."""
    chosen = cast(ClaimsSettings, settings or ClaimsSettings())
    subscribed = frozenset(subscription.event.wire for subscription in SUBSCRIPTIONS)
    context = ServiceContext.make("claims", chosen, subscribed=subscribed)
    jobs = (
        Job("feed", every=chosen.feed_every, run=decide_feed),
        Job("reconciliation", every=chosen.reconciliation_every, run=match_statements),
        Job("payout-batches", every=chosen.batches_every, run=prepare_batches),
    )
    return Worker(context, subscriptions=SUBSCRIPTIONS, jobs=jobs)
