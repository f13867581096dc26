"""Use cases of coming in from elsewhere: a portal's two steps, a hand-over, WeChat, links of an account."""

import hashlib
import hmac
import os
import secrets
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import orjson
from redis.exceptions import RedisError
from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor, ActorKind
from common.contracts.pack import TenantPack
from common.contracts.pack.entrances import Portal
from common.errors import NotFound, ServiceBusy
from common.http import ServiceContext
from common.tenancy import current_pack

from ..accounts.links import OtherUser, link_account, say_unlinked
from ..accounts.repository import AccountRepository
from ..binding.unbinding import own_account
from ..errors import NotOffered
from ..extras import oidc_portals, ports, settings_of
from . import cas, handover, rules
from .addresses import portal_returns_to, sandbox_portal
from .arriving import Arrival, member_arrives, wechat_arrives, worker_arrives
from .errors import HandOverInvalid, PortalAway, PortalRefused, PortalUnknown, SignInNotStarted
from .schemas import (
    Arrived,
    EntrancesRead,
    HandOverIn,
    LinkRead,
    LinksRead,
    PortalFinish,
    PortalRead,
    PortalStart,
    PortalStarted,
    WeChatCode,
)

STARTED_SECONDS = 600


async def pack_of(context: ServiceContext, tenant_id: UUID) -> TenantPack:
    """Return the pack in force, in a transaction of its own: what follows talks to other systems."""
    async with context.db.transaction(tenant_id) as session:
        return await current_pack(session)


async def read_entrances(context: ServiceContext, tenant_id: UUID) -> EntrancesRead:
    """Return the entrances that other systems open to the union."""
    ways = (await pack_of(context, tenant_id)).registration.sign_in
    return EntrancesRead(
        portals=[
            PortalRead(code=p.code, title=p.title.text().in_language(), kind=p.kind, people=list(p.people))
            for p in ways.portals
        ],
        hosts=[{"code": h.code, "title": h.title.text().in_language()} for h in ways.handovers],
        wechat_app_id=ways.wechat.app_id if ways.wechat else None,
    )


async def start_portal(
    context: ServiceContext, *, tenant_id: UUID, code: str, asked: PortalStart
) -> PortalStarted:
    """Begin to sign in through a portal; what only this browser and the server know is kept for ten minutes."""
    pack = await pack_of(context, tenant_id)
    portal = _portal(context, pack, code, asked.kind)
    state, nonce, verifier, browser = (secrets.token_urlsafe(32) for _ in range(4))
    back = portal_returns_to(_public_url(context), app=asked.app, tenant=pack.code, code=portal.code)
    if portal.kind == "cas":
        back = f"{back}?{urlencode({'state': state})}"
        url = cas.login_url(portal, service=back)
    else:
        url = await oidc_portals(context).authorization_url(
            portal, redirect_uri=back, state=state, nonce=nonce, verifier=verifier
        )
    kept = {
        "portal": code, "kind": asked.kind, "nonce": nonce, "verifier": verifier, "back": back,
        "browser": hashlib.sha256(browser.encode()).hexdigest(),
    }  # fmt: skip
    try:
        await context.redis.set(f"sso:{tenant_id}:{state}", orjson.dumps(kept), ex=STARTED_SECONDS)
    except (RedisError, OSError):
        raise ServiceBusy from None
    return PortalStarted(url=url, state=state, browser_key=browser)


async def finish_portal(
    context: ServiceContext, *, tenant_id: UUID, code: str, asked: PortalFinish, device: str | None
) -> Arrived:
    """Take what the portal sent back, ask it whom it means, and sign them in; each start is good once."""
    started = await _started(context, tenant_id, asked)
    if started["portal"] != code:
        raise SignInNotStarted
    portal = _portal(context, await pack_of(context, tenant_id), code, started["kind"])
    told = rules.told_by(await _facts(context, portal, started, asked), portal.attributes)
    if told is None:
        raise PortalRefused
    arrival = Arrival(OtherUser(f"portal:{code}", told.subject), told, match=portal.match, device=device)
    kind = ActorKind(started["kind"])
    async with context.db.transaction(tenant_id) as session:
        if kind is ActorKind.MEMBER:
            return await member_arrives(session, context=context, arrival=arrival)
        return await worker_arrives(session, context=context, arrival=arrival, kind=kind)


async def take_hand_over(
    session: AsyncSession, *, context: ServiceContext, code: str, asked: HandOverIn, device: str | None
) -> Arrived:
    """Sign in the user whom a host app hands over; a hand-over is good once."""
    pack = await current_pack(session)
    ways = pack.registration.sign_in
    host = next((host for host in ways.handovers if host.code == code), None)
    if host is None or "host_app" not in ways.member:
        raise PortalUnknown
    claims = handover.verified(context, host=host, tenant_code=pack.code, token=asked.token)
    await handover.use_up(context, host=host, tenant_id=session.info["tenant_id"], nonce=claims["jti"])
    told = rules.told_in(claims)
    if told is None:
        raise HandOverInvalid
    arrival = Arrival(OtherUser(f"host:{code}", told.subject), told, device=device)
    return await member_arrives(session, context=context, arrival=arrival)


async def sign_in_wechat(
    context: ServiceContext, *, tenant_id: UUID, asked: WeChatCode, device: str | None
) -> Arrived:
    """Sign in the owner of a WeChat open id."""
    open_id = await _open_id(context, await pack_of(context, tenant_id), asked)
    async with context.db.transaction(tenant_id) as session:
        return await wechat_arrives(session, context=context, open_id=open_id, device=device)


async def link_wechat(context: ServiceContext, *, actor: Actor, asked: WeChatCode) -> LinksRead:
    """Let a WeChat user open the caller's account."""
    open_id = await _open_id(context, await pack_of(context, actor.tenant_id), asked)
    async with context.db.transaction(actor.tenant_id) as session:
        account, _ = await own_account(session, actor)
        keys = await context.keyring.for_tenant(session)
        await link_account(session, keys=keys, account=account, other=OtherUser("wechat", open_id))
        await session.flush()
        return await list_links(session, actor=actor)


async def list_links(session: AsyncSession, *, actor: Actor) -> LinksRead:
    """Return which users of other systems open the caller's account."""
    ways = (await current_pack(session)).registration.sign_in
    titles = {f"portal:{p.code}": p.title for p in ways.portals}
    titles |= {f"host:{h.code}": h.title for h in ways.handovers}
    found = await AccountRepository.of(session).links_of(actor.id)
    return LinksRead(
        items=[
            LinkRead(
                id=link.id,
                provider=link.provider,
                title=titles[link.provider].text().in_language() if link.provider in titles else "微信",
                linked_at=link.created_at,
            )
            for link in found
        ]
    )


async def remove_link(session: AsyncSession, *, actor: Actor, link_id: UUID) -> LinksRead:
    """Let a user of another system open the caller's account no more."""
    accounts = AccountRepository.of(session)
    link = next((link for link in await accounts.links_of(actor.id) if link.id == link_id), None)
    if link is None:
        raise NotFound
    await accounts.remove(link)
    say_unlinked(session, link)
    await session.flush()
    return await list_links(session, actor=actor)


def _portal(context: ServiceContext, pack: TenantPack, code: str, kind: str) -> Portal:
    """Return the pack's portal, at its own address or where the settings let the sandbox stand in for one elsewhere."""
    ways = pack.registration.sign_in
    portal = ways.portal(code)
    if portal is None or kind not in portal.people or portal.kind not in getattr(ways, kind):
        raise PortalUnknown
    if settings_of(context).portals == "pack" or portal.on_this_machine:
        return portal
    server = sandbox_portal(_public_url(context), tenant=pack.code, code=code)
    return portal.model_copy(update={"server": server, "hosts": ()})


def _public_url(context: ServiceContext) -> str:
    address = settings_of(context).public_url.rstrip("/")
    if not address:
        raise PortalAway
    return address


async def _started(context: ServiceContext, tenant_id: UUID, asked: PortalFinish) -> dict[str, Any]:
    """Use up what a start left; SignInNotStarted for another browser, which uses it up as well."""
    try:
        kept = await context.redis.getdel(f"sso:{tenant_id}:{asked.state}")
    except (RedisError, OSError):
        raise ServiceBusy from None
    if kept is None:
        raise SignInNotStarted
    started: dict[str, Any] = orjson.loads(kept)
    browser = hashlib.sha256(asked.browser_key.encode()).hexdigest()
    if not hmac.compare_digest(browser, started["browser"]):
        raise SignInNotStarted
    return started


async def _facts(
    context: ServiceContext, portal: Portal, started: dict[str, Any], asked: PortalFinish
) -> dict[str, Any]:
    if portal.kind == "cas":
        if not asked.ticket:
            raise PortalRefused
        return await cas.facts(portal, service=started["back"], ticket=asked.ticket)
    if not asked.code:
        raise PortalRefused
    return await oidc_portals(context).facts(
        portal,
        secret=os.environ.get(portal.key_env or "", ""),
        redirect_uri=started["back"],
        code=asked.code,
        nonce=started["nonce"],
        verifier=started["verifier"],
    )


async def _open_id(context: ServiceContext, pack: TenantPack, asked: WeChatCode) -> str:
    ways = pack.registration.sign_in
    if ways.wechat is None or "wechat" not in ways.member:
        raise NotOffered
    return await ports(context).wechat.open_id(
        app_id=ways.wechat.app_id, key_name=ways.wechat.key_env, code=asked.code
    )
