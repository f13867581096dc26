"""The stronger second factor of staff: time-based one-time passwords (RFC 6238) with recovery codes.

Where an account has one it takes the place of the SMS code; a code is good once, and five wrong ones void a challenge.
"""

import secrets
from typing import NamedTuple
from uuid import UUID

import pyotp
from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.clock import now
from common.crypto import TenantKeys
from common.errors import NotFound
from common.http import ServiceContext
from common.ids import new_id
from common.tenancy import current_pack

from ..accounts.models import Account
from ..accounts.service import end_sessions_of
from ..codes.errors import CodeExpired, CodeSpent, CodeWrong
from ..codes.models import VerificationCode
from ..codes.repository import CodeRepository
from ..codes.rules import LIFETIME, MOST_TRIES, same_digest
from ..codes.service import HOUR
from ..extras import limits
from .errors import CredentialsWrong, SecondFactorExists, SecondFactorNeeded, SecondFactorWrong
from .models import RecoveryCode, StaffTotp
from .passwords import password_matches
from .repository import StaffRepository
from .schemas import RecoveryCodesRead, TotpBegin, TotpBegunRead, TotpConfirm, TotpRead, TotpRemove
from .service import own_account, reached_account

TOTP = "staff_totp"
STEP = 30
WINDOW = 1
"""Steps before and after the present one that count, for clocks that are off."""
RECOVERY_CODES = 10
SECRET = "staff.totp"  # noqa: S105 - a context


class Verdict(NamedTuple):
    """What a code was good for: a time step, or a recovery code."""

    step: int | None = None
    recovery: RecoveryCode | None = None


async def begin_totp(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, asked: TotpBegin
) -> TotpBegunRead:
    """Make a secret for the caller's own account, to be confirmed by a first code; the password proves who asks."""
    account = await own_account(session, actor)
    if not await password_matches(account.password_hash, asked.password):
        raise CredentialsWrong
    accounts, keys = StaffRepository.of(session), await context.keyring.for_tenant(session)
    if await accounts.confirmed_totp(account.id) is not None:
        raise SecondFactorExists
    secret = pyotp.random_base32()
    await accounts.replace_totp(account.id, keys.seal(secret, context=SECRET))
    issuer = (await current_pack(session)).tenant.short_name.zh
    uri = pyotp.TOTP(secret).provisioning_uri(name=account.user_name or "", issuer_name=issuer)
    return TotpBegunRead(secret=secret, uri=uri)


async def confirm_totp(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, asked: TotpConfirm
) -> RecoveryCodesRead:
    """Let the second factor count from now on; the recovery codes are shown this once."""
    account = await own_account(session, actor)
    await limits(context).hit(f"totp-confirm:{account.id}", most=MOST_TRIES, seconds=HOUR)
    accounts, keys = StaffRepository.of(session), await context.keyring.for_tenant(session)
    totp = await accounts.totp(account.id)
    if totp is None or totp.confirmed_at is not None:
        raise NotFound
    step = step_of(totp, asked.code, keys)
    if step is None:
        raise SecondFactorWrong
    totp.confirm(step)
    codes = [new_recovery_code() for _ in range(RECOVERY_CODES)]
    await accounts.replace_recovery_codes(
        account.id, [keys.blind("recovery", f"{account.id}:{c}") for c in codes]
    )
    await record(session, actor_id=actor.id, action="staff.second_factor_on", subject=f"account:{account.id}")
    return RecoveryCodesRead(recovery_codes=codes)


async def read_totp(session: AsyncSession, *, actor: Actor) -> TotpRead:
    """Return whether the caller's account has the second factor, and how many recovery codes are left."""
    account = await own_account(session, actor)
    accounts = StaffRepository.of(session)
    totp = await accounts.confirmed_totp(account.id)
    left = len(await accounts.recovery_codes(account.id)) if totp else 0
    return TotpRead(enabled=totp is not None, recovery_codes_left=left)


async def remove_totp(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, asked: TotpRemove
) -> TotpRead:
    """Go back to SMS codes; takes the password and a code."""
    account = await own_account(session, actor)
    await limits(context).hit(f"totp-remove:{account.id}", most=MOST_TRIES, seconds=HOUR)
    if not await password_matches(account.password_hash, asked.password):
        raise CredentialsWrong
    await require_second_factor(session, context=context, account=account, code=asked.code)
    await _forget(session, account.id)
    await record(
        session, actor_id=actor.id, action="staff.second_factor_off", subject=f"account:{account.id}"
    )
    return TotpRead(enabled=False, recovery_codes_left=0)


async def reset_totp(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, account_id: UUID
) -> TotpRead:
    """Take the second factor off a colleague's account who has lost the device; their sessions end."""
    account = await reached_account(session, actor, account_id)
    await _forget(session, account.id)
    await end_sessions_of(session, context=context, account=account, reason="second_factor_reset")
    await record(
        session, actor_id=actor.id, action="staff.second_factor_reset", subject=f"account:{account.id}"
    )
    return TotpRead(enabled=False, recovery_codes_left=0)


def new_challenge(session: AsyncSession, account: Account) -> VerificationCode:
    """Return a challenge that a code of the account's device answers; no code is sent."""
    return CodeRepository.of(session).add(
        VerificationCode(
            id=new_id(), purpose=TOTP, mobile_index="", account_id=account.id, digest="", expires_at=now() + LIFETIME,
        )
    )  # fmt: skip


async def answer_challenge(
    session: AsyncSession, *, context: ServiceContext, challenge: VerificationCode, code: str
) -> Account:
    """Use a challenge up with a code of the device or a recovery code; CodeWrong, CodeExpired or CodeSpent."""
    accounts = StaffRepository.of(session)
    if challenge.used_at is not None or challenge.expires_at <= now() or challenge.account_id is None:
        raise CodeExpired
    tries, _ = await limits(context).count(f"code-try:{challenge.id}", seconds=HOUR)
    if tries > MOST_TRIES:
        raise CodeSpent
    account = await accounts.find(Account, challenge.account_id)
    if account is None or not await _is_right(session, context=context, account=account, code=code):
        left = MOST_TRIES - tries
        raise CodeWrong(left=left) if left else CodeSpent
    challenge.use()
    return account


async def require_second_factor(
    session: AsyncSession, *, context: ServiceContext, account: Account, code: str | None
) -> None:
    """Pass if the account has no second factor or the code is right; SecondFactorNeeded, SecondFactorWrong."""
    if await StaffRepository.of(session).confirmed_totp(account.id) is None:
        return
    if not code:
        raise SecondFactorNeeded
    await limits(context).hit(f"second-factor:{account.id}", most=MOST_TRIES, seconds=HOUR)
    if not await _is_right(session, context=context, account=account, code=code):
        raise SecondFactorWrong


async def _is_right(session: AsyncSession, *, context: ServiceContext, account: Account, code: str) -> bool:
    """Whether a code is good, and use it up."""
    accounts, keys = StaffRepository.of(session), await context.keyring.for_tenant(session)
    totp = await accounts.confirmed_totp(account.id)
    if totp is None:
        return False
    typed = "".join(code.split()).upper()
    step = step_of(totp, typed, keys)
    if step is not None:
        totp.spend(step)
        return True
    wanted = keys.blinds("recovery", f"{account.id}:{typed}")
    for recovery in await accounts.recovery_codes(account.id):
        if same_digest(recovery.digest, wanted):
            recovery.use()
            return True
    return False


def step_of(totp: StaffTotp, code: str, keys: TenantKeys) -> int | None:
    """Return the time step that a code is of, if it is good and was not used yet."""
    device = pyotp.TOTP(keys.open(totp.secret_sealed, context=SECRET))
    present = int(now().timestamp()) // STEP
    good = [
        step
        for step in range(present - WINDOW, present + WINDOW + 1)
        if pyotp.utils.strings_equal(code, device.generate_otp(step))
    ]
    return next((step for step in good if step > totp.last_step), None)


def new_recovery_code() -> str:
    """Return a code of 50 random bits that can be read over the telephone."""
    letters = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
    text = "".join(secrets.choice(letters) for _ in range(10))
    return f"{text[:5]}-{text[5:]}"


async def _forget(session: AsyncSession, account_id: UUID) -> None:
    await StaffRepository.of(session).remove_totp(account_id)
