"""Users of other systems (WeChat, portals, host apps) as owners of accounts here; tickets of those not yet bound."""

from datetime import timedelta
from typing import NamedTuple

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.contracts.wechat import WechatLinked
from common.crypto import CryptoError, TenantKeys
from common.errors import DomainError
from common.events import emit
from common.text import Text

from .errors import LinkTaken
from .models import Account, AccountLink
from .repository import AccountRepository

TICKET, SUBJECT = "link.ticket", "link.subject"
WECHAT = "wechat"
"""The provider of WeChat users: notify learns of them, to send them subscription messages."""
TICKET_LIVES = timedelta(hours=2)


class OtherUser(NamedTuple):
    """A user of another system, as that system calls them."""

    provider: str
    """wechat | portal:<code> | host:<code>"""
    subject: str


class TicketInvalid(DomainError):
    """A ticket that was not given out here, or is too old."""

    status = 422
    code = "link.ticket_invalid"
    text = Text(
        "登录状态已过期，请重新打开小程序或从原入口进入。",
        "The ticket is too old. Come in again from where you started.",
    )


def make_ticket(keys: TenantKeys, other: OtherUser) -> str:
    """Return what lets somebody who has proved to be that user go on to bind; sealed, good for two hours."""
    until = (now() + TICKET_LIVES).timestamp()
    return keys.seal_bytes(orjson.dumps([other.provider, other.subject, until]), context=TICKET)


def open_ticket(keys: TenantKeys, ticket: str) -> OtherUser:
    """Return the user of a ticket; TicketInvalid."""
    try:
        provider, subject, until = orjson.loads(keys.open_bytes(ticket, context=TICKET))
    except (CryptoError, ValueError, TypeError):
        raise TicketInvalid from None
    if now().timestamp() >= until:
        raise TicketInvalid
    return OtherUser(provider, subject)


async def account_of(session: AsyncSession, *, keys: TenantKeys, other: OtherUser) -> Account | None:
    """Return the account that another system's user owns."""
    accounts = AccountRepository.of(session)
    link = await accounts.link(other.provider, keys.blinds("link", other.subject))
    return await accounts.find(Account, link.account_id) if link else None


async def link_account(
    session: AsyncSession, *, keys: TenantKeys, account: Account, other: OtherUser
) -> None:
    """Make another system's user the owner of an account; LinkTaken if they own another, nothing if they own it."""
    accounts = AccountRepository.of(session)
    known = await accounts.link(other.provider, keys.blinds("link", other.subject))
    if known is not None:
        if known.account_id != account.id:
            raise LinkTaken
        return
    for link in await accounts.links_of(account.id):
        if link.provider == other.provider:
            await accounts.remove(link)
    await session.flush()
    sealed = keys.sealed(other.subject, context=SUBJECT, kind="link")
    accounts.add(
        AccountLink(
            account_id=account.id,
            provider=other.provider,
            subject_index=sealed.index or "",
            subject_sealed=sealed.ciphertext,
        )
    )
    if other.provider == WECHAT:
        open_id = keys.sealed(other.subject, context="wechat.open_id")
        emit(session, WechatLinked(account_id=account.id, changed_at=now(), open_id=open_id))


async def unlink_all(session: AsyncSession, account: Account) -> None:
    """Forget which users of other systems own an account."""
    accounts = AccountRepository.of(session)
    for link in await accounts.links_of(account.id):
        await accounts.remove(link)
        say_unlinked(session, link)


def say_unlinked(session: AsyncSession, link: AccountLink) -> None:
    """Say that a WeChat user owns the account no more: no message goes there."""
    if link.provider == WECHAT:
        emit(session, WechatLinked(account_id=link.account_id, changed_at=now()))
