"""Use case of registering a unit (row C.01)."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import ActorKind
from common.http import ServiceContext
from common.identifiers import compact_number, plain_full_name, plain_number
from common.ids import new_id
from common.tenancy import current_pack

from ..accounts.errors import MobileAlreadyRegistered
from ..accounts.models import Account
from ..accounts.repository import AccountRepository
from ..codes.errors import CodeUsed
from ..codes.service import redeem_code
from ..errors import FieldsInvalid, NotOffered
from . import rules
from .errors import UnitAlreadyRegistered, UnitJustRegistered
from .models import Unit
from .repository import UnitRepository
from .schemas import UnitCreate, UnitRegistered


async def register_unit(
    session: AsyncSession, *, context: ServiceContext, asked: UnitCreate
) -> UnitRegistered:
    """Register a unit and its handler's account; the mobile is proved by its code before anything is said."""
    pack = await current_pack(session)
    if pack.registration.units != "self" or "sms" not in pack.registration.sign_in.handler:
        raise NotOffered
    name, credit_code = plain_full_name(asked.name), plain_number(asked.credit_code)
    mobile = compact_number(asked.mobile)
    FieldsInvalid.raise_if(rules.registration_faults(name=name, credit_code=credit_code, mobile=mobile))
    keys = await context.keyring.for_tenant(session)
    units, accounts = UnitRepository.of(session), AccountRepository.of(session)
    try:
        await redeem_code(session, context=context, purpose="register", mobile=mobile, code=asked.code)
    except CodeUsed:
        known = await accounts.of_mobile(["handler"], keys.blinds("mobile", mobile))
        unit = await units.of_credit_code(credit_code)
        if known is not None and unit is not None and known.unit_id == unit.id:
            raise UnitJustRegistered from None
        raise
    if await accounts.of_mobile(["handler"], keys.blinds("mobile", mobile)):
        raise MobileAlreadyRegistered
    if await units.of_credit_code(credit_code):
        raise UnitAlreadyRegistered
    sealed = keys.sealed(mobile, context="person.mobile", kind="mobile")
    new = units.add(
        Unit(
            id=new_id(), name=name, credit_code=credit_code, pack_version=pack.version,
            handler_mobile_sealed=sealed.ciphertext, handler_mobile_index=sealed.index or "",
        )
    )  # fmt: skip
    await session.flush()
    account = accounts.add(
        Account(
            id=new_id(), kind=ActorKind.HANDLER, mobile_sealed=sealed.ciphertext, mobile_index=sealed.index or "",
            roles=["handler"], unit_id=new.id,
        )
    )  # fmt: skip
    new.set_handler(account.id)
    await session.flush()
    return UnitRegistered(unit_id=new.id, account_id=account.id)
