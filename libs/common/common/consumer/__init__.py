"""Receiving events: one transaction for inbox row and effect, parked keys, dead letters, scheduled jobs."""

from .subscription import ConsumerContext, Subscription, subscribe
from .worker import Job, Worker, run_workers

__all__ = ["ConsumerContext", "Job", "Subscription", "Worker", "run_workers", "subscribe"]
