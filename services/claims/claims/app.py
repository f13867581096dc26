"""Composition of the claims service."""

from fastapi import FastAPI

from common.app import build_app
from common.db.naming import Subjects
from common.http import ServiceContext
from common.proposals.router import proposal_router
from common.settings import CommonSettings
from common.tasks.router import task_router

from .appeals.endpoints import router as appeals
from .commands import COMMANDS
from .consumers import SUBSCRIPTIONS
from .deadlines.endpoints import router as deadlines
from .feed.endpoints import router as feed
from .feed.models import FeedFile
from .feed.store import feed_store
from .feedback.endpoints import router as feedback
from .fhir.endpoints import router as fhir
from .intake.endpoints import router as intake
from .intake.models import Claim
from .ledger.endpoints import router as ledger
from .payouts.at_counter.endpoints import router as payouts_at_counter
from .payouts.batches.endpoints import router as batches
from .payouts.batches.models import PayoutBatch
from .payouts.endpoints import router as payouts
from .payouts.models import Payout
from .payouts.refunds.endpoints import router as refunds
from .reconciliation.endpoints import router as reconciliation
from .reporting.endpoints import router as reporting
from .reporting.models import ReportingKey
from .reports.endpoints import router as reports
from .reports.models import ReportRun
from .review.endpoints import router as review
from .sampling.endpoints import router as samples
from .sandbox.endpoints import router as sandbox
from .settings import ClaimsSettings
from .snapshots.endpoints import router as snapshots
from .statistics.endpoints import router as statistics
from .statistics.listing.endpoints import router as listing
from .tasks import TASKS

SUBJECTS: Subjects = {
    "claim": Claim.number, "payout": Payout.number, "payout_batch": PayoutBatch.number, "feed_file": FeedFile.name,
    "report": ReportRun.title, "reporting_key": ReportingKey.name,
}  # fmt: skip
SUBSCRIBED = frozenset(subscription.event.wire for subscription in SUBSCRIPTIONS)


def create_app(settings: CommonSettings | None = None) -> FastAPI:
    """Return the ASGI application, served under /api/claims."""
    chosen = settings or ClaimsSettings()
    context = ServiceContext.make("claims", chosen, subscribed=SUBSCRIBED)
    routers = [
        *(intake, review, appeals, feedback, samples, deadlines),
        *(feed, batches, payouts, payouts_at_counter, refunds, ledger, reconciliation, statistics, listing),
        *(reports, reporting, fhir, sandbox, snapshots),
        proposal_router(COMMANDS),
        task_router(TASKS),
    ]
    streamed = ("/feed/files", "/results", "/statements")
    return build_app(
        context, routers, title="理赔 Claims", lifespan=feed_store, streamed=streamed, subjects=SUBJECTS
    )
