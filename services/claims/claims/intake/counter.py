"""Use case: what the counter took in and nobody has handed in yet, each with what keeps it back (C.11)."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.crypto import TenantKeys
from common.http import Cursor, Page

from ..copies.repository import CopyRepository
from .dossier import NAME, Dossier, load_dossiers
from .models import Claim
from .preview_schemas import CounterWork, FaultRead
from .reading import read_summary
from .repository import ClaimRepository
from .rules.checks import faults_of
from .rules.papers import not_brought


async def list_counter_work(
    session: AsyncSession, *, actor: Actor, cursor: Cursor, keys: TenantKeys
) -> Page[CounterWork]:
    """Return the counter's applications within the caller's reach that are not handed in, the newest first.

    They are the work of every clerk there, whoever took them in.
    """
    repository = ClaimRepository(session, actor.tenant_id)
    copies = CopyRepository(session, actor.tenant_id)
    rows = await repository.page_of_counter(actor, cursor)
    dossiers = {one.claim.id: one for one in await load_dossiers(session, rows, keys=keys)}
    names = await copies.names_of(rows)
    clerks = await copies.staff_names({row.account_id for row in rows if row.account_id})

    def read(claim: Claim) -> CounterWork:
        dossier = dossiers[claim.id]
        summary = read_summary(claim, dossier.pack, keys, names.get(claim.id))
        return CounterWork(
            **summary.model_dump(),
            taken_by=keys.open(clerk, context=NAME)
            if (clerk := clerks.get(claim.account_id or claim.id))
            else "",
            mine=claim.account_id == actor.id,
            faults=_faults(dossier),
        )

    return cursor.page(rows, read)


def _faults(dossier: Dossier) -> list[FaultRead]:
    application = dossier.application()
    faults = faults_of(application) + not_brought(application, dossier.asked_for)
    return [FaultRead(**fault.as_error()) for fault in faults]
