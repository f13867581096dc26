"""Confirming that it is oneself (本人确认) by a code to the account's mobile; docs/adr/0033 says for what."""

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.auth.confirmed import FRESH
from common.errors import NotFound
from common.http import ServiceContext

from ..codes.service import redeem_code
from .models import Account, SignInSession
from .repository import AccountRepository
from .schemas import SessionConfirm, SessionConfirmedRead

log = structlog.get_logger()
CONFIRM = "confirm"


async def confirm_session(
    session: AsyncSession, *, context: ServiceContext, actor: Actor, asked: SessionConfirm
) -> SessionConfirmedRead:
    """Take the code sent for the purpose `confirm`; tokens of this session say so from their next refresh on.

    Refusals are those of any code (`codes.errors`); MobileMissing for an account that has no mobile yet.
    """
    accounts = AccountRepository.of(session)
    account = await accounts.find(Account, actor.id)
    opened = await accounts.find(SignInSession, actor.session_id, lock=True) if actor.session_id else None
    if account is None or opened is None or opened.account_id != account.id or not opened.is_open:
        raise NotFound
    keys = await context.keyring.for_tenant(session)
    mobile = keys.open(account.known_mobile, context="person.mobile")
    await redeem_code(session, context=context, purpose=CONFIRM, mobile=mobile, code=asked.code)
    at = opened.confirm()
    log.info("session_confirmed", account=str(account.id), tenant=str(account.tenant_id))
    return SessionConfirmedRead(confirmed_until=at + FRESH)
