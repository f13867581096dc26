"""Use cases of signing in by mobile and code, for handlers and members."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import ActorKind
from common.clock import now
from common.errors import NotFound
from common.http import ServiceContext
from common.identifiers import compact_number, mobile_faults

from ..codes.service import redeem_code
from ..errors import FieldsInvalid
from ..extras import limits, settings_of
from .errors import MobileAlreadyRegistered, MobileNotRegistered
from .models import Account
from .repository import AccountRepository
from .schemas import MobileSignIn, TokensRead
from .service import open_session

TEN_MINUTES = 600
REPEAT_SIGNS_IN = timedelta(minutes=10)


async def limit_address(context: ServiceContext, address: str) -> None:
    """Count an attempt to sign in or register from an address; TooManyRequests beyond the limit."""
    most = settings_of(context).sign_ins_per_address
    await limits(context).hit(f"sign-in:{address}", most=most, seconds=TEN_MINUTES)


async def sign_in_by_mobile(
    session: AsyncSession,
    *,
    context: ServiceContext,
    kind: ActorKind,
    asked: MobileSignIn,
    address: str,
    device: str | None = None,
) -> TokensRead:
    """Sign a handler or a member in by mobile and code; MobileNotRegistered tells to register first.

    Of a member it tells only who has proved the number: nobody learns which numbers are members' (row C.01 asks for
    the contrary for units).
    """
    await limit_address(context, address)
    mobile = compact_number(asked.mobile)
    FieldsInvalid.raise_if({"mobile": mobile_faults(mobile)})
    keys = await context.keyring.for_tenant(session)
    account = await AccountRepository.of(session).of_mobile([kind], keys.blinds("mobile", mobile))
    if account is None and kind is not ActorKind.MEMBER:
        raise MobileNotRegistered
    await redeem_code(session, context=context, purpose="sign_in", mobile=mobile, code=asked.code)
    if account is None:
        raise MobileNotRegistered
    return await open_session(
        session, context=context, account=account, way="sms", device=device, confirmed_at=now()
    )


async def sign_in_new_account(
    session: AsyncSession, *, context: ServiceContext, account_id: UUID, device: str | None = None
) -> TokensRead:
    """Open the first session of an account that came into being a moment ago.

    A repeated request gets new tokens too, but not for ever: an idempotency key is no password.
    """
    account = await AccountRepository.of(session).find(Account, account_id)
    if account is None:
        raise NotFound
    if now() - account.created_at > REPEAT_SIGNS_IN:
        raise MobileAlreadyRegistered
    return await open_session(
        session, context=context, account=account, way="sms", device=device, confirmed_at=account.created_at
    )
