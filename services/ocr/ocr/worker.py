"""The worker of ocr: relay, consumers, sweeping of the store. Recognition is a process of its own."""

from datetime import timedelta

from common.consumer import Job, Worker

from .bucket import bucket_ready
from .consumers import SUBSCRIBED, SUBSCRIPTIONS
from .extras import make_context
from .jobs import picture_older, remove_orphans, sweep_uploads
from .sealed import SEALED
from .settings import OcrSettings


def create_worker(settings: OcrSettings | None = None) -> Worker:
    """Return the worker; its settings come from the environment unless they are given."""
    return Worker(
        make_context(settings or OcrSettings(), subscribed=SUBSCRIBED),
        subscriptions=SUBSCRIPTIONS,
        sealed=SEALED,
        jobs=(
            Job("sweep_uploads", every=timedelta(minutes=15), run=sweep_uploads),
            Job("remove_orphans", every=timedelta(hours=6), run=remove_orphans),
            Job("picture_older", every=timedelta(seconds=20), run=picture_older),
        ),
        lifespan=bucket_ready,
    )
