"""The worker of identity: relay, consumers, snapshots, forgetting what has expired."""

from datetime import timedelta
from uuid import UUID

from common.clock import now
from common.consumer import Job, Worker
from common.crypto import seal_stored_words
from common.db import TenantRow
from common.http import ServiceContext

from .accounts.repository import AccountRepository
from .binding.repository import BindingRepository
from .codes.repository import CodeRepository
from .consumers import SUBSCRIBED, SUBSCRIPTIONS
from .extras import install, signing_keys
from .members.admission.reporting import confirm_reports, forget_searches
from .members.bulk.service import forget_files
from .members.models import Person, PersonRecord
from .members.requests.models import MemberRequest, MemberRequestStep
from .onfile.repository import OnFileRepository
from .privacy.erasing import apply_retention
from .privacy.exporting import forget_exports
from .privacy.models import DataRequest
from .privacy.surviving import keep_erasures
from .sealed import SEALED
from .settings import IdentitySettings
from .snapshots.service import send_snapshots
from .tasks import TASKS
from .units.models import Unit
from .units.names.models import SyncedName
from .units.names.repository import NameRepository

CODES_KEPT, SESSIONS_KEPT = timedelta(days=1), timedelta(days=30)
BINDINGS_KEPT, READINGS_KEPT = timedelta(days=30), timedelta(days=7)
STRANGERS_KEPT = timedelta(days=365)
WORDS: dict[type[TenantRow], tuple[str, ...]] = {
    Person: ("over_age_opinion", "returned_reason"),
    PersonRecord: ("note",),
    MemberRequest: ("reason", "answer"),
    MemberRequestStep: ("opinion",),
    DataRequest: ("reason", "answer"),
    Unit: ("returned_reason",),
    SyncedName: ("note",),
}
"""Columns with people's own words; revision 0010 has an index of those in clear."""


async def forget_expired(context: ServiceContext, tenant_id: UUID) -> None:
    """Delete codes, sessions, bindings and readings of cards that are over."""
    async with context.db.transaction(tenant_id) as session:
        await CodeRepository.of(session).forget(expired_before=now() - CODES_KEPT)
        await AccountRepository.of(session).forget_sessions(expired_before=now() - SESSIONS_KEPT)
        await BindingRepository.of(session).forget(expired_before=now() - BINDINGS_KEPT)
        await OnFileRepository.of(session).forget_recognitions(before=now() - READINGS_KEPT)
        await NameRepository.of(session).forget_strangers(before=now() - STRANGERS_KEPT)


async def seal_clear_words(context: ServiceContext, tenant_id: UUID) -> None:
    """Seal words that were stored in clear before their columns were sealed, a batch for each transaction."""
    for model, columns in WORDS.items():
        more = True
        while more:
            async with context.db.transaction(tenant_id) as session:
                keys = await context.keyring.for_tenant(session)
                more = bool(await seal_stored_words(session, keys, model=model, columns=columns))


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
        sealed=SEALED,
        jobs=(
            Job("snapshots", every=timedelta(seconds=3), run=send_snapshots),
            Job("confirm_reports", every=timedelta(seconds=3), run=confirm_reports),
            Job("forget_searches", every=timedelta(hours=1), run=forget_searches),
            Job("rotate_keys", every=timedelta(hours=1), run=rotate_keys),
            Job("apply_retention", every=timedelta(hours=6), run=apply_retention),
            Job("seal_clear_words", every=timedelta(hours=1), run=seal_clear_words),
            Job("keep_erasures", every=timedelta(seconds=30), run=keep_erasures),
            Job("forget_exports", every=timedelta(minutes=30), run=forget_exports),
            Job("forget_files", every=timedelta(hours=1), run=forget_files),
            Job("forget_expired", every=timedelta(hours=1), run=forget_expired),
        ),
    )
