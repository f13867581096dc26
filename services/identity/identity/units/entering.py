"""Use cases of units that the union's staff enter, and of the handlers who are invited for them."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor, ActorKind
from common.contracts.identity import UnitApproved, UnitsSnapshot
from common.contracts.pack import TenantPack
from common.crypto import TenantKeys
from common.errors import NotFound
from common.events import emit
from common.http import ServiceContext
from common.identifiers import (
    Fault,
    compact_number,
    credit_code_faults,
    id_number_faults,
    mask_mobile,
    mask_name,
    mobile_faults,
    name_faults,
    plain_full_name,
    plain_name,
    plain_number,
)
from common.ids import new_id
from common.tenancy import current_pack

from ..accounts.errors import MobileAlreadyRegistered
from ..accounts.models import Account
from ..accounts.repository import AccountRepository
from ..accounts.service import end_sessions_of
from ..errors import FieldsInvalid, NotOffered
from ..staff import invitations
from ..staff import rules as staff_rules
from ..staff.errors import StaffExists
from ..staff.schemas import InvitationRead
from . import rules
from .errors import HandlerIsNamed, TooManyHandlers, UnitAlreadyRegistered
from .facts import fact_of, read_unit
from .models import Unit
from .profile import find_node, require_reached
from .repository import UnitRepository
from .schemas import HandlerCreate, HandlerRead, HandlersRead, UnitEnter, UnitEntered


async def enter_unit(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, asked: UnitEnter
) -> UnitEntered:
    """Enter a unit that the staff vouch for: approved at once, with its first handler's account."""
    pack, keys = await current_pack(session), await context.keyring.for_tenant(session)
    name, credit_code = plain_full_name(asked.name), plain_number(asked.credit_code)
    medical_code = plain_number(asked.medical_code) if asked.medical_code else None
    faults: dict[str, list[Fault]] = {
        **_handler_faults(asked.handler, pack),
        "name": rules.unit_name_faults(name),
        "credit_code": credit_code_faults(credit_code),
        "medical_code": rules.medical_code_faults(medical_code, pack.registration.insurance_code_lengths)
        if medical_code
        else [],
    }
    FieldsInvalid.raise_if(faults)
    node = await find_node(session, pack, asked.org_node)
    require_reached(actor, node)
    units = UnitRepository.of(session)
    if await units.of_credit_code(credit_code):
        raise UnitAlreadyRegistered
    sealed = keys.sealed(compact_number(asked.handler.mobile), context="person.mobile", kind="mobile")
    unit = units.add(
        Unit(
            id=new_id(), name=name, credit_code=credit_code, status="under_review", org_node_id=node.id,
            org_path=node.path, medical_code=medical_code, handler_mobile_sealed=sealed.ciphertext,
            handler_mobile_index=sealed.index or "", pack_version=pack.version,
            handler_name_sealed=keys.seal(plain_name(asked.handler.name), context="person.name"),
        )
    )  # fmt: skip
    _take_number(unit, asked.handler, keys)
    unit.approve(actor.id)
    await session.flush()
    account = await _account(session, unit, asked.handler, pack, keys)
    unit.set_handler(account.id)
    await session.flush()
    emit(session, UnitApproved(unit=fact_of(unit)))
    await record(
        session,
        actor_id=actor.id,
        action="unit.entered",
        subject=f"unit:{unit.id}",
        detail={"path": node.path},
    )
    return UnitEntered(unit=read_unit(unit, [], keys), handler=read_handler(account, unit, keys))


async def list_handlers(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, unit_id: UUID
) -> HandlersRead:
    """Return the handlers of a unit the caller may see, masked."""
    unit = await _seen(session, actor, unit_id)
    keys = await context.keyring.for_tenant(session)
    found = await UnitRepository.of(session).handlers(unit.id)
    return HandlersRead(items=[read_handler(account, unit, keys) for account in found])


async def add_handler(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, unit_id: UUID, asked: HandlerCreate
) -> HandlerRead:
    """Give a unit one more handler, as many as the pack allows."""
    unit = await _seen(session, actor, unit_id, lock=True)
    pack, keys = await current_pack(session), await context.keyring.for_tenant(session)
    FieldsInvalid.raise_if(_handler_faults(asked, pack))
    handlers = await UnitRepository.of(session).handlers(unit.id)
    if len(handlers) >= pack.registration.handlers_per_unit:
        raise TooManyHandlers(most=pack.registration.handlers_per_unit)
    account = await _account(session, unit, asked, pack, keys)
    await session.flush()
    await _audit(session, actor, "unit.handler_added", unit, account)
    return read_handler(account, unit, keys)


async def invite_handler(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, unit_id: UUID, account_id: UUID
) -> InvitationRead:
    """Invite a handler who signs in with a password to set it; shown once."""
    unit = await _seen(session, actor, unit_id)
    account = await _handler(session, unit, account_id)
    if account.user_name is None:
        raise NotOffered
    return await invitations.invite(session, actor=actor, context=context, account_id=account.id)


async def name_handler(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, unit_id: UUID, account_id: UUID
) -> HandlerRead:
    """Make one of a unit's handlers the one who is told (换经办人)."""
    unit = await _seen(session, actor, unit_id, lock=True)
    account = await _handler(session, unit, account_id)
    keys = await context.keyring.for_tenant(session)
    unit.amend(
        {
            "handler_account_id": account.id,
            "handler_mobile_sealed": account.known_mobile,
            "handler_mobile_index": account.mobile_index,
            **({"handler_name_sealed": account.name_sealed} if account.name_sealed else {}),
        }
    )
    emit(session, UnitsSnapshot(snapshot_id=new_id(), units=[fact_of(unit)]))
    await _audit(session, actor, "unit.handler_named", unit, account)
    return read_handler(account, unit, keys)


async def close_handler(
    session: AsyncSession,
    *,
    actor: Actor,
    context: ServiceContext,
    unit_id: UUID,
    account_id: UUID,
    reason: str,
) -> HandlerRead:
    """Let a handler in no more; the one who is told has to be replaced first. The reason is kept in the audit log."""
    unit = await _seen(session, actor, unit_id, lock=True)
    account = await _handler(session, unit, account_id)
    if unit.handler_account_id == account.id:
        raise HandlerIsNamed
    account.close()
    await end_sessions_of(session, context=context, account=account, reason="closed")
    await _audit(session, actor, "unit.handler_closed", unit, account, reason=reason)
    return read_handler(account, unit, await context.keyring.for_tenant(session))


def read_handler(account: Account, unit: Unit, keys: TenantKeys) -> HandlerRead:
    """Return a handler's account, masked."""
    name = keys.open(account.name_sealed, context="person.name") if account.name_sealed else ""
    mobile = keys.open(account.mobile_sealed, context="person.mobile") if account.mobile_sealed else ""
    return HandlerRead(
        account_id=account.id,
        user_name=account.user_name,
        name=mask_name(name),
        mobile=mask_mobile(mobile),
        status=account.status,
        named=unit.handler_account_id == account.id,
        invitation_due=account.password_hash == staff_rules.NO_PASSWORD,
    )


def _handler_faults(handler: HandlerCreate, pack: TenantPack) -> dict[str, list[Fault]]:
    needs_name = staff_rules.offers_password(pack, "handler")
    user_name = (handler.user_name or "").strip().lower()
    number = plain_number(handler.id_number).upper() if handler.id_number else None
    return {
        "handler.name": list(name_faults(plain_name(handler.name))),
        "handler.mobile": mobile_faults(compact_number(handler.mobile)),
        "handler.user_name": staff_rules.user_name_faults(user_name) if needs_name else [],
        "handler.id_number": id_number_faults(number) if number else [],
    }


def _take_number(unit: Unit, handler: HandlerCreate, keys: TenantKeys) -> None:
    if handler.id_number:
        number = plain_number(handler.id_number).upper()
        unit.handler_document_sealed = keys.seal(number, context="person.document")
        unit.handler_document_index = keys.blind("document", number)


async def _account(
    session: AsyncSession, unit: Unit, handler: HandlerCreate, pack: TenantPack, keys: TenantKeys
) -> Account:
    """Make a handler's account; one with a password waits for its invitation."""
    accounts, mobile = AccountRepository.of(session), compact_number(handler.mobile)
    if await accounts.of_mobile(["handler"], keys.blinds("mobile", mobile)):
        raise MobileAlreadyRegistered
    user_name = None
    if staff_rules.offers_password(pack, "handler"):
        user_name = (handler.user_name or "").strip().lower()
        if await accounts.of_user_name(user_name):
            raise StaffExists
    sealed = keys.sealed(mobile, context="person.mobile", kind="mobile")
    return accounts.add(
        Account(
            id=new_id(), kind=ActorKind.HANDLER, mobile_sealed=sealed.ciphertext, mobile_index=sealed.index or "",
            name_sealed=keys.seal(plain_name(handler.name), context="person.name"), roles=["handler"],
            unit_id=unit.id, user_name=user_name, password_due=False,
            password_hash=staff_rules.NO_PASSWORD if user_name else None,
        )
    )  # fmt: skip


async def _seen(session: AsyncSession, actor: Actor, unit_id: UUID, *, lock: bool = False) -> Unit:
    if actor.kind is not ActorKind.STAFF:
        raise NotFound
    unit = await UnitRepository.of(session).seen(unit_id, actor, lock=lock)
    if unit is None:
        raise NotFound
    return unit


async def _handler(session: AsyncSession, unit: Unit, account_id: UUID) -> Account:
    account = await AccountRepository.of(session).find(Account, account_id, lock=True)
    if account is None or account.unit_id != unit.id or account.status == "closed":
        raise NotFound
    return account


async def _audit(
    session: AsyncSession, actor: Actor, action: str, unit: Unit, account: Account, **detail: object
) -> None:
    await record(
        session,
        actor_id=actor.id,
        action=action,
        subject=f"unit:{unit.id}",
        detail={"account": account.id, **detail},
    )
