"""The worker of notify: relay, consumers, and two senders, so that a burst never holds up a code."""

from datetime import timedelta
from uuid import UUID

from common.consumer import Job, Worker
from common.http import ServiceContext
from common.proposals.jobs import EXPIRY

from .bulk.sending import KINDS
from .consumers import SUBSCRIBED, SUBSCRIPTIONS
from .content.sowing import sow_content
from .sending.channels import make_channels
from .sending.service import send_due
from .settings import NotifySettings
from .side_by_side import side_by_side
from .webhooks.calling import Caller
from .webhooks.delivering import deliver_due, forget_deliveries

QUICK, STEADY, SOWING = timedelta(seconds=0.2), timedelta(seconds=1), timedelta(seconds=3)


def create_worker(settings: NotifySettings | None = None) -> Worker:
    """Return the worker; its settings come from the environment unless they are given."""
    chosen = settings or NotifySettings()
    context = ServiceContext.make("notify", chosen, subscribed=SUBSCRIBED)
    channel = make_channels(context, chosen)

    async def send(context: ServiceContext, tenant_id: UUID, *, urgent: bool) -> None:
        taken = most = chosen.send_batch
        while taken == most:
            taken = await send_due(
                context,
                tenant_id,
                channel=channel,
                urgent=urgent,
                most=most,
                at_once=chosen.send_at_once,
            )

    async def send_codes(context: ServiceContext, tenant_id: UUID) -> None:
        """Verification codes: a lane of their own."""
        await send(context, tenant_id, urgent=True)

    async def send_others(context: ServiceContext, tenant_id: UUID) -> None:
        """Everything else."""
        await send(context, tenant_id, urgent=False)

    caller = Caller(private=chosen.environment == "local")

    async def deliver(context: ServiceContext, tenant_id: UUID) -> None:
        """Webhooks: until nothing is due."""
        while await deliver_due(context, tenant_id, caller=caller):
            pass

    return Worker(
        context,
        subscriptions=SUBSCRIPTIONS,
        tasks=KINDS,
        jobs=(
            Job("send_codes", every=QUICK, run=side_by_side("send_codes", send_codes), shared=True),
            Job("send_others", every=STEADY, run=side_by_side("send_others", send_others), shared=True),
            Job("deliver_webhooks", every=STEADY, run=side_by_side("deliver_webhooks", deliver), shared=True),
            Job("forget_webhooks", every=timedelta(hours=6), run=forget_deliveries),
            EXPIRY,
            Job("sow_content", every=SOWING, run=sow_content),
        ),
    )
