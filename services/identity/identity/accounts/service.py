"""Use cases of sessions: opened at sign-in, refreshed, ended."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor, ActorKind
from common.auth.tokens import sign_actor, subject_key
from common.clock import now
from common.crypto import TenantKeys
from common.errors import NotFound
from common.http import ServiceContext
from common.ids import new_id
from common.tenancy import current_pack

from ..extras import settings_of, signing_keys
from . import rules
from .errors import AccountHeld, RefreshInvalid
from .models import Account, RefreshToken, SignInSession
from .repository import AccountRepository
from .schemas import AccountRead, SessionRead, SessionsRead, TokensRead

log = structlog.get_logger()


class Refreshed(NamedTuple):
    """The outcome of a refresh: new tokens, or the session that was ended because a token came twice."""

    tokens: TokensRead | None
    ended_session_id: UUID | None = None


async def open_session(
    session: AsyncSession,
    *,
    context: ServiceContext,
    account: Account,
    way: str | None = None,
    device: str | None = None,
    confirmed_at: datetime | None = None,
) -> TokensRead:
    """Open a session for an account whose owner has just proved who they are; AccountHeld if it is on hold.

    `way`: how it was proved; `device`: what the browser or app calls itself. Both are for the list of sessions.
    `confirmed_at`: when a code proved the account's mobile, where it was that which opened the session.
    """
    require_active(account)
    account.note_sign_in()
    opened = AccountRepository.of(session).add(
        SignInSession(
            id=new_id(),
            account_id=account.id,
            expires_at=now() + min(lifetime_of(context, account), most_of(context, account)),
            device=device,
            way=way,
            confirmed_at=confirmed_at,
        )
    )
    await session.flush()
    log.info("signed_in", account=str(account.id), kind=account.kind, way=way, tenant=str(account.tenant_id))
    return await _give_tokens(session, context=context, account=account, opened=opened)


async def refresh_session(session: AsyncSession, *, context: ServiceContext, token: str) -> Refreshed:
    """Exchange a refresh token for new tokens; RefreshInvalid if it is unknown or its session is over.

    A token that comes again ends its session: its owner and a thief cannot be told apart. Within a short grace it is
    the repeat of a request whose answer was lost.
    """
    accounts = AccountRepository.of(session)
    found = await accounts.refresh_token(rules.refresh_digest(token))
    opened = await accounts.find(SignInSession, found.session_id, lock=True) if found else None
    if found is None or opened is None or not opened.is_open:
        raise RefreshInvalid
    grace = timedelta(seconds=settings_of(context).refresh_grace_seconds)
    if rules.judge_refresh(spent_at=found.spent_at, at=now(), grace=grace) == "reused":
        opened.end("reused")
        return Refreshed(None, opened.id)
    account = await accounts.find(Account, opened.account_id)
    if account is None or account.status == "closed":
        raise RefreshInvalid
    require_active(account)
    found.spend()
    staff = account.kind == ActorKind.STAFF
    opened.refresh(until=None if staff else now() + lifetime_of(context, account))
    opened.end_by(opened.created_at + most_of(context, account))
    return Refreshed(await _give_tokens(session, context=context, account=account, opened=opened))


async def end_session(session: AsyncSession, *, context: ServiceContext, actor: Actor) -> None:
    """Sign out here: the caller's session ends at once."""
    if actor.session_id is None:
        raise NotFound
    opened = await AccountRepository.of(session).find(SignInSession, actor.session_id, lock=True)
    if opened is None or opened.account_id != actor.id:
        raise NotFound
    opened.end("signed_out")
    await context.epochs.end_session(opened.id)


async def end_all_sessions(session: AsyncSession, *, context: ServiceContext, actor: Actor) -> None:
    """Sign out everywhere: every session of the caller's account ends at once."""
    account = await AccountRepository.of(session).find(Account, actor.id, lock=True)
    if account is None:
        raise NotFound
    await end_sessions_of(session, context=context, account=account, reason="signed_out_everywhere")


async def end_sessions_of(
    session: AsyncSession, *, context: ServiceContext, account: Account, reason: str
) -> None:
    """End every session of an account at once, in the database and in the cache that all services ask."""
    account.raise_epoch()
    await AccountRepository.of(session).end_sessions(account.id, at=now(), reason=reason)
    await context.epochs.raise_to(subject_key(account.tenant_id, account.id), account.epoch)


async def end_other_sessions(
    session: AsyncSession, *, context: ServiceContext, actor: Actor, reason: str
) -> None:
    """End every session of the caller's account but the one that is calling."""
    for opened in await AccountRepository.of(session).open_sessions(actor.id, at=now()):
        if opened.id != actor.session_id:
            opened.end(reason)
            await context.epochs.end_session(opened.id)


def lifetime_of(context: ServiceContext, account: Account) -> timedelta:
    """Return how long a session lasts: of staff from the sign-in, of others from the last use (manual 004)."""
    settings = settings_of(context)
    if account.kind == ActorKind.STAFF:
        return timedelta(hours=settings.staff_session_hours)
    if account.kind == ActorKind.MEMBER:
        return timedelta(days=settings.member_session_days)
    return timedelta(days=settings.session_days)


def most_of(context: ServiceContext, account: Account) -> timedelta:
    """Return how long after its sign-in a session ends even if it is used every day."""
    settings = settings_of(context)
    if account.kind == ActorKind.STAFF:
        return timedelta(hours=settings.staff_session_hours)
    if account.kind == ActorKind.MEMBER:
        return timedelta(days=settings.member_session_most_days)
    return timedelta(days=settings.session_most_days)


async def list_sessions(session: AsyncSession, *, actor: Actor) -> SessionsRead:
    """Return where the caller is signed in, the session used last first."""
    found = await AccountRepository.of(session).open_sessions(actor.id, at=now())
    return SessionsRead(
        items=[
            SessionRead(
                id=row.id,
                device=row.device,
                way=row.way,
                signed_in_at=row.created_at,
                used_at=row.refreshed_at,
                expires_at=row.expires_at,
                current=row.id == actor.session_id,
            )
            for row in found
        ]
    )


async def end_other_session(
    session: AsyncSession, *, context: ServiceContext, actor: Actor, session_id: UUID
) -> None:
    """Sign out on another device of the caller's: that session ends at once."""
    await end_session(session, context=context, actor=actor.model_copy(update={"session_id": session_id}))


def require_active(account: Account) -> None:
    """AccountHeld unless the account may sign in."""
    if account.status != "active":
        raise AccountHeld


async def _catch_up(session: AsyncSession, *, context: ServiceContext, account: Account) -> None:
    """Raise an account to the epoch that is published.

    An epoch is published before the transaction that raises it commits, so that no ended session outlives it. Where
    that commit failed, the account would be behind and each of its new tokens refused. One that is being raised just
    now is locked, and left alone.
    """
    published = await context.epochs.published(subject_key(account.tenant_id, account.id))
    if published <= account.epoch:
        return
    await session.flush()
    free = await AccountRepository.of(session).lock_if_free(account.id)
    if free is not None:
        free.epoch = max(free.epoch, published)


async def _give_tokens(
    session: AsyncSession, *, context: ServiceContext, account: Account, opened: SignInSession
) -> TokensRead:
    await _catch_up(session, context=context, account=account)
    keys = await context.keyring.for_tenant(session)
    actor = rules.actor_of(
        facts_of(account, keys),
        await current_pack(session),
        tenant_id=account.tenant_id,
        session_id=opened.id,
        confirmed_at=opened.confirmed_at,
    )
    settings = settings_of(context)
    lifetime = settings.access_minutes * 60
    token = sign_actor(
        actor,
        await signing_keys(context).signing_key(),
        issuer=settings.issuer,
        issued_at=int(now().timestamp()),
        lifetime=lifetime,
    )
    secret = rules.new_refresh_token()
    row = RefreshToken(session_id=opened.id, digest=rules.refresh_digest(secret))
    AccountRepository.of(session).add(row)
    return TokensRead(
        access_token=token,
        expires_in=lifetime,
        refresh_token=secret,
        refresh_expires_at=opened.expires_at,
        account=_read(
            actor, consent_due=await consent_due(session, account), password_due=account.password_due
        ),
    )


async def consent_due(session: AsyncSession, account: Account) -> bool:
    """Whether a member has not consented to the privacy statement in force yet."""
    if account.kind != ActorKind.MEMBER:
        return False
    consented = await AccountRepository.of(session).newest_consent(account.id, "privacy")
    return consented is None or consented < (await current_pack(session)).privacy.version


def facts_of(account: Account, keys: TenantKeys) -> rules.AccountFacts:
    """Return what of an account decides about its token; two accounts with one mobile are one person's."""
    mobile = account.mobile_sealed and keys.open(account.mobile_sealed, context="person.mobile")
    return rules.AccountFacts(
        id=account.id,
        kind=account.kind,
        roles=tuple(account.roles),
        org_path=account.org_path,
        unit_id=account.unit_id,
        person_id=account.person_id,
        epoch=account.epoch,
        user_name=account.user_name,
        human=keys.person_id("mobile", mobile) if mobile else None,
        password_due=account.password_due,
    )


def _read(actor: Actor, *, consent_due: bool, password_due: bool) -> AccountRead:
    return AccountRead(
        consent_due=consent_due,
        password_due=password_due,
        id=actor.id,
        kind=actor.kind,
        tenant=actor.tenant,
        roles=sorted(actor.roles),
        permissions=sorted(actor.permissions),
        unit_id=actor.unit_id,
        person_id=actor.person_id,
        org_path=actor.org_path,
    )
