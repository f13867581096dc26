"""The worker of notify: relay, consumers, and two senders, so that a burst never holds up a code."""

from datetime import timedelta
from uuid import UUID

from common.consumer import Job, Worker
from common.contracts.identity import VerificationCodeIssued
from common.http import ServiceContext
from common.proposals.jobs import expiry

from .bulk.sending import KINDS
from .bulk.service import COMMANDS
from .consumers import SUBSCRIBED, SUBSCRIPTIONS
from .content.sowing import sow_content
from .sealed import SEALED
from .sending.channels import make_channels
from .sending.service import send_due, within_lease
from .settings import NotifySettings
from .side_by_side import Run, SideBySide, Stopping
from .waiting.repository import with_codes, with_deliveries, with_messages
from .webhooks.calling import ALL_SECONDS, Caller
from .webhooks.delivering import deliver_due, forget_deliveries

QUICK, STEADY, SOWING = timedelta(seconds=0.2), timedelta(seconds=1), timedelta(seconds=3)
EXPRESS = frozenset({VerificationCodeIssued.wire})
LONGEST_DRAIN = 40.0
"""Seconds: a worker that is told to stop has sixty."""


def create_worker(settings: NotifySettings | None = None) -> Worker:
    """Return the worker; its settings come from the environment unless they are given."""
    chosen = settings or NotifySettings()
    context = ServiceContext.make("notify", chosen, subscribed=SUBSCRIBED)
    channel = make_channels(context, chosen)

    stopping, patience = Stopping(), _patience(chosen)

    async def send(context: ServiceContext, tenant_id: UUID, *, urgent: bool) -> bool:
        most = chosen.send_batch
        taken = await send_due(
            context,
            tenant_id,
            channel=channel,
            urgent=urgent,
            most=most,
            at_once=chosen.send_at_once,
            stopping=within_lease(stopping, longest=patience),
            quiet_hours=chosen.sms != "sandbox",
        )
        return taken == most

    async def send_codes(context: ServiceContext, tenant_id: UUID) -> bool:
        """Verification codes: a lane of their own."""
        return await send(context, tenant_id, urgent=True)

    async def send_others(context: ServiceContext, tenant_id: UUID) -> bool:
        """Everything else."""
        return await send(context, tenant_id, urgent=False)

    caller = Caller(private=chosen.environment == "local")

    async def deliver(context: ServiceContext, tenant_id: UUID) -> bool:
        """Webhooks: until nothing is due."""
        return bool(await deliver_due(context, tenant_id, caller=caller))

    def beside(name: str, run: Run) -> SideBySide:
        return SideBySide(name, run, stopping=stopping, patience=patience)

    return Worker(
        context,
        subscriptions=SUBSCRIPTIONS,
        tasks=KINDS,
        express=EXPRESS,
        sealed=SEALED,
        jobs=(
            beside("send_codes", send_codes).job(QUICK, with_codes),
            beside("send_others", send_others).job(STEADY, with_messages),
            beside("deliver_webhooks", deliver).job(STEADY, with_deliveries),
            Job("forget_webhooks", every=timedelta(hours=6), run=forget_deliveries),
            expiry(COMMANDS),
            Job("sow_content", every=SOWING, run=sow_content),
        ),
    )


def _patience(settings: NotifySettings) -> float:
    """Return the seconds that a call which has begun may take: each provider may be slow to take it and to answer."""
    providers = len(settings.sms.split(","))
    return min(LONGEST_DRAIN, max(ALL_SECONDS, 2.0 * settings.provider_timeout_seconds * providers) + 2)
