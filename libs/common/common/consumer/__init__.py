"""Receiving events: one transaction for inbox row and effect, parked keys, dead letters, scheduled jobs."""

from .news import known_word
from .subscription import ConsumerContext, Subscription, subscribe
from .worker import Job, Worker, run_workers

__all__ = ["ConsumerContext", "Job", "Subscription", "Worker", "known_word", "run_workers", "subscribe"]
