"""Use cases by which somebody sets the password of their own account: invited, or after having forgotten it.

Neither who made the account nor who has the mobile gets in alone: an invitation takes the secret handed over by the
manager and the code sent to the mobile; a reset takes user name, mobile and the code, and the second factor if any.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.clock import now
from common.crypto import TenantKeys
from common.errors import NotFound
from common.http import ServiceContext
from common.identifiers import compact_number, mask_mobile
from common.ids import new_id
from common.tenancy import current_pack

from ..accounts.mobile import limit_address
from ..accounts.models import Account
from ..accounts.rules import new_refresh_token, refresh_digest
from ..accounts.service import end_sessions_of, require_active
from ..codes.rules import LIFETIME
from ..codes.service import HOUR, redeem_challenge, send_code
from ..errors import FieldsInvalid, NotOffered
from ..extras import limits
from . import rules
from .errors import InvitationInvalid
from .models import StaffInvitation
from .passwords import hash_password
from .repository import StaffRepository
from .schemas import (
    InvitationAccept,
    InvitationOpen,
    InvitationRead,
    InvitedRead,
    PasswordReset,
    PasswordResetAsked,
    PasswordSetRead,
)
from .second_factor import require_second_factor
from .service import reached_account

INVITED_FOR = timedelta(days=7)
INVITE, RESET = "staff_invite", "staff_reset"
MOST_CODES = 5


async def invite(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, account_id: UUID
) -> InvitationRead:
    """Make an invitation; earlier ones of the account end. The secret is shown once."""
    account = await reached_account(session, actor, account_id)
    require_active(account)
    secret, accounts = new_refresh_token(), StaffRepository.of(session)
    await accounts.end_invitations(account.id, at=now())
    invitation = accounts.add(
        StaffInvitation(
            id=new_id(), account_id=account.id, digest=refresh_digest(secret), created_by=actor.id,
            expires_at=now() + INVITED_FOR,
        )
    )  # fmt: skip
    await session.flush()
    await record(session, actor_id=actor.id, action="staff.invited", subject=f"account:{account.id}")
    keys = await context.keyring.for_tenant(session)
    return InvitationRead(
        token=secret,
        user_name=account.user_name or "",
        mobile=mask_mobile(keys.open(account.known_mobile, context="person.mobile")),
        expires_at=invitation.expires_at,
    )


async def invite_first(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, account_id: UUID
) -> InvitationRead:
    """Make an invitation for an account whose password was never set; NotFound for any other."""
    account = await reached_account(session, actor, account_id)
    if account.password_hash != rules.NO_PASSWORD:
        raise NotFound
    return await invite(session, actor=actor, context=context, account_id=account_id)


async def open_invitation(
    session: AsyncSession, *, context: ServiceContext, asked: InvitationOpen, address: str
) -> InvitedRead:
    """Send the code to the account's mobile; InvitationInvalid for one that is unknown, used or over."""
    await limit_address(context, address)
    invitation, account = await _invited(session, asked.token)
    await limits(context).hit(f"staff-invite:{invitation.id}", most=MOST_CODES, seconds=HOUR)
    keys = await context.keyring.for_tenant(session)
    mobile = keys.open(account.known_mobile, context="person.mobile")
    sent = send_code(session, keys=keys, purpose=INVITE, mobile=mobile, account_id=account.id)
    return InvitedRead(
        user_name=account.user_name or "",
        challenge_id=sent.id,
        mobile=mask_mobile(mobile),
        expires_at=sent.expires_at,
    )


async def accept_invitation(
    session: AsyncSession, *, context: ServiceContext, asked: InvitationAccept
) -> PasswordSetRead:
    """Set the password of the invited account with the secret and the code; both are used up."""
    invitation, account = await _invited(session, asked.token)
    FieldsInvalid.raise_if(
        {"password": rules.password_faults(asked.password, user_name=account.user_name or "")}
    )
    account_id = await redeem_challenge(
        session, context=context, purpose=INVITE, challenge_id=asked.challenge_id, code=asked.code
    )
    if account_id != account.id:
        raise InvitationInvalid
    invitation.use()
    return await _set_password(session, context, account, asked.password, "staff.invitation_accepted")


async def ask_reset(
    session: AsyncSession, *, context: ServiceContext, asked: PasswordResetAsked, address: str
) -> InvitedRead:
    """Send a code to who has forgotten the password; who does not exist gets the same answer and no code."""
    if not rules.offers_password(await current_pack(session)):
        raise NotOffered
    await limit_address(context, address)
    user_name, mobile = asked.user_name.strip().lower(), compact_number(asked.mobile)
    who = f"staff-reset:{session.info['tenant_id']}:{user_name}"
    await limits(context).hit(who, most=MOST_CODES, seconds=HOUR)
    keys = await context.keyring.for_tenant(session)
    account = await StaffRepository.of(session).of_user_name(user_name)
    challenge_id = new_id()
    if account is not None and _may_reset(account, mobile, keys):
        sent = send_code(session, keys=keys, purpose=RESET, mobile=mobile, account_id=account.id)
        challenge_id = sent.id
    return InvitedRead(
        user_name=user_name,
        challenge_id=challenge_id,
        mobile=mask_mobile(mobile),
        expires_at=now() + LIFETIME,
    )


async def finish_reset(
    session: AsyncSession, *, context: ServiceContext, asked: PasswordReset
) -> PasswordSetRead:
    """Set a new password with the code that was sent, and the second factor where the account has one."""
    account_id = await redeem_challenge(
        session, context=context, purpose=RESET, challenge_id=asked.challenge_id, code=asked.code
    )
    account = await StaffRepository.of(session).find(Account, account_id, lock=True)
    if account is None:
        raise InvitationInvalid
    require_active(account)
    FieldsInvalid.raise_if(
        {"password": rules.password_faults(asked.password, user_name=account.user_name or "")}
    )
    await require_second_factor(session, context=context, account=account, code=asked.second_factor)
    return await _set_password(session, context, account, asked.password, "staff.password_reset")


def _may_reset(account: Account, mobile: str, keys: TenantKeys) -> bool:
    known = account.mobile_index in keys.blinds("mobile", mobile)
    return known and account.status == "active"


async def _invited(session: AsyncSession, token: str) -> tuple[StaffInvitation, Account]:
    accounts = StaffRepository.of(session)
    invitation = await accounts.invitation(refresh_digest(token))
    account = (
        await accounts.find(Account, invitation.account_id, lock=True)
        if invitation and invitation.is_open
        else None
    )
    if invitation is None or account is None or account.status != "active":
        raise InvitationInvalid
    return invitation, account


async def _set_password(
    session: AsyncSession, context: ServiceContext, account: Account, password: str, action: str
) -> PasswordSetRead:
    """Take the password and end every session: whoever was signed in with the old one is out."""
    account.set_password(await hash_password(password), due=False)
    await end_sessions_of(session, context=context, account=account, reason="password_set")
    await record(session, actor_id=account.id, action=action, subject=f"account:{account.id}")
    return PasswordSetRead(user_name=account.user_name or "")
