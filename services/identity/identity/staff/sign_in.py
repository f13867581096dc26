"""Use cases of staff signing in: password first, then the code sent to the account's mobile (row D.01)."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.http import ServiceContext
from common.identifiers import mask_mobile
from common.tenancy import current_pack

from ..accounts.mobile import limit_address
from ..accounts.models import Account
from ..accounts.repository import AccountRepository
from ..accounts.rules import lock_seconds
from ..accounts.schemas import TokensRead
from ..accounts.service import open_session, require_active
from ..codes.repository import CodeRepository
from ..codes.service import HOUR, STAFF_SIGN_IN, redeem_challenge, send_code
from ..errors import NotOffered
from ..extras import limits, settings_of
from . import rules, second_factor
from .errors import CredentialsWrong
from .passwords import hash_password, needs_rehash, password_matches
from .repository import StaffRepository
from .schemas import StaffCode, StaffSignIn, StaffSignInRead

DAY = 86_400
MOST_FAILURES = 100
"""Wrong passwords of one user name in an hour, from all addresses together."""


async def begin_staff_sign_in(
    session: AsyncSession,
    *,
    context: ServiceContext,
    asked: StaffSignIn,
    address: str,
    device: str | None = None,
) -> StaffSignInRead:
    """Check the password and send the code; CredentialsWrong, and a growing lock after failures in a row.

    The lock is on user name and address together: nobody can shut another person out from elsewhere. Failures from
    everywhere are bounded as well: past the bound even the right password is refused for an hour, but at an address
    from which this account's owner has signed in.
    """
    pack = await current_pack(session)
    if not (rules.offers_password(pack) or rules.offers_password(pack, "handler")):
        raise NotOffered
    await limit_address(context, address)
    account = await _account_of(session, context=context, asked=asked, address=address)
    require_active(account)
    if not rules.offers_password(pack, account.kind):
        raise NotOffered
    if await StaffRepository.of(session).confirmed_totp(account.id) is not None:
        challenge = second_factor.new_challenge(session, account)
        await session.flush()
        return StaffSignInRead(
            challenge_id=challenge.id, expires_at=challenge.expires_at, second_factor="device"
        )
    if not rules.needs_code(pack, account.kind):
        tokens = await open_session(session, context=context, account=account, way="password", device=device)
        return StaffSignInRead(tokens=tokens)
    most = settings_of(context).codes_per_staff
    await limits(context).hit(f"staff-code:{account.id}", most=most, seconds=HOUR)
    keys = await context.keyring.for_tenant(session)
    mobile = keys.open(account.known_mobile, context="person.mobile")
    sent = send_code(session, keys=keys, purpose=STAFF_SIGN_IN, mobile=mobile, account_id=account.id)
    return StaffSignInRead(
        challenge_id=sent.id, mobile=mask_mobile(mobile), expires_at=sent.expires_at, second_factor="sms"
    )


async def finish_staff_sign_in(
    session: AsyncSession, *, context: ServiceContext, asked: StaffCode, device: str | None = None
) -> TokensRead:
    """Check the code of the challenge, sent or of the device, and open the session."""
    challenge = await CodeRepository.of(session).challenge(asked.challenge_id, purpose=second_factor.TOTP)
    if challenge is not None:
        account = await second_factor.answer_challenge(
            session, context=context, challenge=challenge, code=asked.code
        )
        return await open_session(
            session, context=context, account=account, way="password_device", device=device
        )
    account_id = await redeem_challenge(
        session, context=context, purpose=STAFF_SIGN_IN, challenge_id=asked.challenge_id, code=asked.code
    )
    found = await AccountRepository.of(session).find(Account, account_id)
    if found is None or found.user_name is None:
        raise CredentialsWrong
    return await open_session(session, context=context, account=found, way="password_sms", device=device)


async def _account_of(
    session: AsyncSession, *, context: ServiceContext, asked: StaffSignIn, address: str
) -> Account:
    tenant_id: UUID = session.info["tenant_id"]
    user_name = asked.user_name.strip().lower()
    counters, who = limits(context), f"staff:{tenant_id}:{user_name}"
    here = f"{who}:{address}"
    await counters.check_lock(here)
    if not await counters.remembers(here):
        await counters.check(who, most=MOST_FAILURES)
    account = await AccountRepository.of(session).of_user_name(user_name)
    password_hash = account.password_hash if account and account.status != "closed" else None
    # Verified before anything is known of the account: who does not exist takes as long as who does.
    matches = await password_matches(password_hash, asked.password)
    if account is None or not matches:
        await counters.count(who, seconds=HOUR)
        failures, _ = await counters.count(here, seconds=DAY)
        if seconds := lock_seconds(failures):
            await counters.lock(here, seconds=seconds)
        raise CredentialsWrong
    await counters.forget(here)
    await counters.remember(here, seconds=90 * DAY)
    if needs_rehash(account.password_hash or ""):
        account.set_password(await hash_password(asked.password), due=account.password_due)
    return account
