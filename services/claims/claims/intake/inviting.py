"""Use case: staff opens an application for a covered person, who is told to hand in the documents (待上传, C.10)."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.contracts.claims import ClaimOpened
from common.crypto import TenantKeys
from common.events import emit
from common.tenancy import current_pack

from .dossier import empty_form, load_dossier
from .errors import NoCover, PersonNotFound
from .facts import claim_fact
from .insured import find_insured
from .numbers import claim_number
from .opening import kind_for, must_be_in_branch, new_claim
from .repository import ClaimRepository
from .schemas import ClaimRead, Invitation
from .service import show, type_in


async def invite_claim(
    session: AsyncSession, *, actor: Actor, request: Invitation, keys: TenantKeys
) -> ClaimRead:
    """Open a claim in state 待上传 for a covered person of the caller's branch."""
    kind = kind_for(await current_pack(session), request.kind, opener="counter")
    try:
        insured = await find_insured(
            session,
            tenant_id=actor.tenant_id,
            document_number=request.document_number,
            name=None,
            keys=keys,
        )
    except PersonNotFound:
        raise NoCover from None
    claim = await new_claim(
        session,
        actor=actor,
        insured=insured,
        kind=kind,
        opened_by="counter",
        product_code=request.product_code,
    )
    must_be_in_branch(actor, claim)
    claim.form = empty_form(keys)
    claim.status = "to_upload"
    repository = ClaimRepository(session, actor.tenant_id)
    claim.number = claim_number((await repository.numbers(1))[0])
    repository.add(claim)
    await session.flush()
    dossier = await load_dossier(session, claim, keys=keys)
    type_in(dossier, request.fields)
    claim.form = dossier.sealed_form()
    repository.add_step(claim, node="open", action="opened", handler_id=actor.id, handler=actor.label)
    emit(session, ClaimOpened(claim=claim_fact(claim)))
    await record(session, actor_id=actor.id, action="claim.opened", subject=f"claim:{claim.id}", detail={})
    return await show(session, dossier)
