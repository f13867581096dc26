"""The worker of identity: relay, consumers, snapshots, forgetting what has expired."""

from datetime import timedelta
from uuid import UUID

from common.clock import now
from common.consumer import Job, Worker
from common.http import ServiceContext

from .accounts.repository import AccountRepository
from .binding.repository import BindingRepository
from .codes.repository import CodeRepository
from .consumers import SUBSCRIBED, SUBSCRIPTIONS
from .extras import install, signing_keys
from .members.admission.reporting import confirm_reports, forget_searches
from .members.bulk.service import forget_files
from .onfile.repository import OnFileRepository
from .privacy.erasing import apply_retention
from .settings import IdentitySettings
from .snapshots.service import send_snapshots
from .tasks import TASKS

CODES_KEPT, SESSIONS_KEPT = timedelta(days=1), timedelta(days=30)
BINDINGS_KEPT, READINGS_KEPT = timedelta(days=30), timedelta(days=7)


async def forget_expired(context: ServiceContext, tenant_id: UUID) -> None:
    """Delete codes, sessions, bindings and readings of cards that are over."""
    async with context.db.transaction(tenant_id) as session:
        await CodeRepository.of(session).forget(expired_before=now() - CODES_KEPT)
        await AccountRepository.of(session).forget_sessions(expired_before=now() - SESSIONS_KEPT)
        await BindingRepository.of(session).forget(expired_before=now() - BINDINGS_KEPT)
        await OnFileRepository.of(session).forget_recognitions(before=now() - READINGS_KEPT)


async def rotate_keys(context: ServiceContext, _: UUID) -> None:
    """Replace the signing key when it is old enough, also where nobody signs in for a while."""
    await signing_keys(context).signing_key()


def create_worker(settings: IdentitySettings | None = None) -> Worker:
    """Return the worker; its settings come from the environment unless they are given."""
    settings = settings or IdentitySettings()
    return Worker(
        install(ServiceContext.make("identity", settings, subscribed=SUBSCRIBED)),
        subscriptions=SUBSCRIPTIONS,
        tasks=TASKS,
        jobs=(
            Job("snapshots", every=timedelta(seconds=3), run=send_snapshots),
            Job("confirm_reports", every=timedelta(seconds=3), run=confirm_reports),
            Job("forget_searches", every=timedelta(hours=1), run=forget_searches),
            Job("rotate_keys", every=timedelta(hours=1), run=rotate_keys),
            Job("apply_retention", every=timedelta(hours=6), run=apply_retention),
            Job("forget_files", every=timedelta(hours=1), run=forget_files),
            Job("forget_expired", every=timedelta(hours=1), run=forget_expired),
        ),
    )
