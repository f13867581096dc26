"""Binding step by step, recovery, unbinding, change of mobile, consent."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request

from common.auth import Actor
from common.http import (
    ContextDep,
    CursorDep,
    KeysDep,
    OnceDep,
    Page,
    PublicSessionDep,
    SessionDep,
    requires,
    tenant_of,
)

from ..accounts.mobile import limit_address
from ..accounts.schemas import TokensRead
from ..address import address_of, device_of
from ..auth import BINDING_CONFIRM, MEMBER_OWN
from ..members.schemas import ConsentGiven
from . import service, starting, steps, unbinding
from .schemas import (
    BankCheck,
    BindingConfirm,
    BindingCreate,
    BindingRead,
    BindingRefuse,
    BindingStarted,
    BindingStartedRead,
    FaceConsent,
    FaceStartedRead,
    MobileChange,
    MobileChangedRead,
    MobileSet,
    RecoveryCreate,
    Unbind,
    UnbindByStaff,
    UnboundRead,
    WaitingBindingRead,
)

router = APIRouter(tags=["binding"])
Own = Annotated[Actor, requires(MEMBER_OWN)]
Confirmer = Annotated[Actor, requires(BINDING_CONFIRM)]


async def device(
    request: Request,
    binding_id: UUID,
    tenant_id: Annotated[UUID, Depends(tenant_of)],
    token: Annotated[str, Header(alias="Huzhu-Binding", min_length=20, max_length=200)],
) -> steps.Device:
    """Return the device that goes on with a binding."""
    return steps.Device(tenant_id, binding_id, token, device_of(request))


DeviceDep = Annotated[steps.Device, Depends(device)]


@router.post("/bindings", status_code=201)
async def begin_binding(
    session: PublicSessionDep, body: BindingCreate, context: ContextDep, once: OnceDep, request: Request
) -> BindingStartedRead:
    """Begin to bind; the answer says which verification comes next, or signs in at once where there is none."""
    await limit_address(context, address_of(request))
    started = await once.run(
        session,
        caller="anonymous",
        answer=BindingStarted,
        work=lambda: starting.begin_binding(session, context=context, asked=body),
    )
    return await steps.read_started(session, context=context, started=started, agent=device_of(request))


@router.post("/bindings/recover", status_code=201)
async def begin_recovery(
    session: PublicSessionDep, body: RecoveryCreate, context: ContextDep, once: OnceDep, request: Request
) -> BindingStartedRead:
    """Begin to recover an account whose mobile and device are gone."""
    await limit_address(context, address_of(request))
    started = await once.run(
        session,
        caller="anonymous",
        answer=BindingStarted,
        work=lambda: starting.begin_recovery(session, context=context, asked=body),
    )
    return await steps.read_started(session, context=context, started=started, agent=device_of(request))


@router.get("/bindings/waiting")
async def list_waiting(
    session: SessionDep, actor: Confirmer, keys: KeysDep, cursor: CursorDep
) -> Page[WaitingBindingRead]:
    """List the bindings of people who have to contact the union, masked."""
    return await service.list_waiting(session, actor=actor, keys=keys, cursor=cursor)


@router.get("/bindings/{binding_id}")
async def read_binding(context: ContextDep, device: DeviceDep) -> BindingRead:
    """Return how far a binding is; only to the device that began it."""
    return await steps.read_binding(context, device)


@router.post("/bindings/{binding_id}/face")
async def begin_face(context: ContextDep, device: DeviceDep, body: FaceConsent) -> FaceStartedRead:
    """Consent to the face verification and begin it."""
    return await steps.begin_face(context, device, body)


@router.post("/bindings/{binding_id}/face/outcome")
async def end_face(context: ContextDep, device: DeviceDep) -> BindingRead:
    """Ask how the face verification ended; bound and signed in if it passed."""
    return await steps.end_face(context, device)


@router.post("/bindings/{binding_id}/bank-card")
async def check_card(context: ContextDep, device: DeviceDep, body: BankCheck) -> BindingRead:
    """Check name, ID number, card and mobile with the banks (银行四要素验证); bound if they belong together."""
    return await steps.check_card(context, device, body)


@router.post("/bindings/{binding_id}/sign-in")
async def sign_in_bound(context: ContextDep, device: DeviceDep) -> TokensRead:
    """Sign in on the device whose binding is done."""
    return await steps.sign_in_bound(context, device)


@router.post("/bindings/{binding_id}/confirm")
async def confirm_binding(
    session: SessionDep, actor: Confirmer, binding_id: UUID, body: BindingConfirm, context: ContextDep
) -> WaitingBindingRead:
    """Bind a person whom staff have identified themselves."""
    return await service.confirm_binding(
        session, context=context, actor=actor, binding_id=binding_id, asked=body
    )


@router.post("/bindings/{binding_id}/refuse")
async def refuse_binding(
    session: SessionDep, actor: Confirmer, binding_id: UUID, body: BindingRefuse, keys: KeysDep
) -> WaitingBindingRead:
    """End a binding whose person staff could not identify; whoever asked is told why."""
    return await service.refuse_binding(session, keys=keys, actor=actor, binding_id=binding_id, asked=body)


@router.post("/members/{person_id}/unbind")
async def unbind_member(
    session: SessionDep, actor: Confirmer, person_id: UUID, body: UnbindByStaff, context: ContextDep
) -> UnboundRead:
    """Unbind a member who can do it no more."""
    await unbinding.unbind_member(
        session, context=context, actor=actor, person_id=person_id, reason=body.reason
    )
    return UnboundRead()


@router.post("/accounts/me/unbind")
async def unbind_own(session: SessionDep, actor: Own, body: Unbind, context: ContextDep) -> UnboundRead:
    """Unbind one's own account; all its sessions end."""
    await unbinding.unbind_own(session, context=context, actor=actor, asked=body)
    return UnboundRead()


@router.post("/accounts/me/mobile")
async def change_own_mobile(
    session: SessionDep, actor: Own, body: MobileChange, context: ContextDep
) -> MobileChangedRead:
    """Change one's mobile with the codes of the old and the new number."""
    return await unbinding.change_own_mobile(session, context=context, actor=actor, asked=body)


@router.post("/accounts/me/mobile/first")
async def set_first_mobile(
    session: SessionDep, actor: Own, body: MobileSet, context: ContextDep
) -> MobileChangedRead:
    """Set the mobile of an account that has none."""
    return await unbinding.set_first_mobile(session, context=context, actor=actor, asked=body)


@router.post("/accounts/me/mobile/without-old", status_code=201)
async def begin_mobile_change(
    session: SessionDep, actor: Own, body: MobileSet, context: ContextDep, once: OnceDep, request: Request
) -> BindingStartedRead:
    """Begin to change one's mobile without the old number: a face verification, or the other ways, decide."""
    started = await once.run(
        session,
        caller=str(actor.id),
        answer=BindingStarted,
        work=lambda: starting.begin_mobile_change(session, context=context, actor=actor, asked=body),
    )
    return await steps.read_started(session, context=context, started=started, agent=device_of(request))


@router.post("/members/me/consents")
async def give_consent(session: SessionDep, actor: Own, body: ConsentGiven) -> ConsentGiven:
    """Consent to the privacy statement in force."""
    return await unbinding.give_consent(session, actor=actor, asked=body)
