"""Use case: staff opens an application for a covered person, who is told to hand in the documents (待上传, C.10)."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.clock import business_day
from common.contracts.claims import ClaimOpened
from common.contracts.pack import ClaimKind
from common.crypto import TenantKeys
from common.events import emit
from common.tenancy import current_pack

from .dossier import Dossier, empty_form, load_dossier
from .errors import (
    EventClaimedAlready,
    FieldsInvalid,
    InvitedAlready,
    MemberNotCovered,
    NoCover,
    PersonNotFound,
)
from .facts import claim_fact
from .insured import Insured, find_insured
from .models import Claim
from .numbers import claim_number
from .opening import kind_for, must_be_in_branch, new_claim
from .repository import ClaimRepository
from .rules.checks import event_days, event_faults
from .schemas import ClaimRead, Invitation
from .service import show
from .typing_in import type_in


async def invite_claim(
    session: AsyncSession, *, actor: Actor, request: Invitation, keys: TenantKeys
) -> ClaimRead:
    """Open a claim in state 待上传 for a covered person of the caller's branch; one at a time of a kind.

    InvitedAlready while such a claim waits, EventClaimedAlready where the event is claimed, FieldsInvalid for a day
    that no cover holds: the member would be told to apply for what cannot be paid.
    """
    kind = kind_for(await current_pack(session), request.kind, opener="counter")
    insured, claim = await _begun(session, actor=actor, request=request, kind=kind, keys=keys)
    repository = ClaimRepository(session, actor.tenant_id)
    await repository.hold_opening(insured.person_id)
    claim.form = empty_form(keys)
    claim.status = "to_upload"
    repository.add(claim)
    await session.flush()
    dossier = await load_dossier(session, claim, keys=keys)
    type_in(dossier, request.fields)
    await _must_be_new(repository, claim, days=_days_of(dossier))
    claim.number = claim_number((await repository.numbers(1))[0])
    claim.form = dossier.sealed_form()
    repository.add_step(claim, node="open", action="opened", handler_id=actor.id, handler=actor.label)
    emit(session, ClaimOpened(claim=claim_fact(claim)))
    await record(session, actor_id=actor.id, action="claim.opened", subject=f"claim:{claim.id}", detail={})
    return await show(session, dossier)


async def _begun(
    session: AsyncSession, *, actor: Actor, request: Invitation, kind: ClaimKind, keys: TenantKeys
) -> tuple[Insured, Claim]:
    """Return the person and a new draft; MemberNotCovered where there is no cover that it could be about."""
    try:
        insured = await find_insured(
            session,
            tenant_id=actor.tenant_id,
            document_number=request.document_number,
            name=None,
            keys=keys,
        )
        claim = await new_claim(
            session,
            actor=actor,
            insured=insured,
            kind=kind,
            opened_by="counter",
            product_code=request.product_code,
        )
        must_be_in_branch(actor, claim)
    except (PersonNotFound, NoCover):
        raise MemberNotCovered from None
    return insured, claim


def _days_of(dossier: Dossier) -> set[date]:
    """Return the days that the invitation names; FieldsInvalid where no claim about them can be handed in."""
    application = dossier.application()
    faults = event_faults(application)
    if faults:
        raise FieldsInvalid(errors=[fault.as_error() for fault in faults])
    return {day for days in event_days(application).values() for day in days}


async def _must_be_new(repository: ClaimRepository, claim: Claim, *, days: set[date]) -> None:
    for other in await repository.live_of_kind(claim.person_id, claim.kind):
        if other.id == claim.id:
            continue
        if other.status == "to_upload":
            raise InvitedAlready(number=other.number, on=business_day(other.created_at).isoformat())
        if other.event_on in days:
            raise EventClaimedAlready(number=other.number, day=other.event_on.isoformat())
