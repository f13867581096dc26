"""Sending what is queued: lease, send outside any transaction, write down the result."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

import orjson
import structlog
from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import BUSINESS_ZONE, now
from common.contracts.notify import MessageFailed, MessageSent
from common.contracts.pack import TenantPack
from common.crypto import TenantKeys
from common.errors import ServiceBusy
from common.events import emit
from common.http import ServiceContext
from common.tenancy import current_pack

from ..copies.repository import CopyRepository
from ..messages.models import Message
from ..messages.repository import LEASE, MessageRepository
from ..messages.rules import SMS_TEXT, is_quiet
from .ports import MessageChannel, Outgoing, ProviderAway, ProviderRefused

log = structlog.get_logger()
HANDED_OVER = Counter(
    "huzhu_messages_total",
    "Messages given to a provider: sent, delayed (it did not answer), refused",
    ["channel", "outcome"],
)
Result = str | ProviderAway | ProviderRefused


async def send_due(
    context: ServiceContext,
    tenant_id: UUID,
    *,
    channel: MessageChannel,
    urgent: bool,
    most: int,
    at_once: int,
    stopping: Callable[[], bool] = lambda: False,
    quiet_hours: bool = True,
) -> int:
    """Send one batch of a tenant's due messages; return how many were taken.

    `quiet_hours`: whether to keep the union's; where there is no phone to wake there is nothing to keep.

    A sender that is killed on the way loses nothing: its lease runs out and the message goes again, so that one
    whose result was not written down may arrive twice. Once `stopping` says so nothing else is sent: what has not
    left goes back into the queue.
    """
    async with context.db.transaction(tenant_id) as session:
        repository = MessageRepository(session, tenant_id)
        quiet = quiet_hours and not urgent and await _is_quiet(session)
        taken = await repository.lease(urgent=urgent, most=most, until=now() + LEASE, quiet=quiet)
        if not taken:
            return 0
        keys = await context.keyring.for_tenant(session)
        pack = await current_pack(session)
        linked = await _wechat_users(session, tenant_id, taken)
        messages = [_outgoing(m, keys, pack, linked) for m in taken if not _expired(m)]
        late = [message.id for message in taken if _expired(message)]
    gate = asyncio.Semaphore(at_once)
    results = await asyncio.gather(*(_send(channel, message, keys, gate, stopping) for message in messages))
    outcome: dict[UUID, Result | None] = {m.token: r for m, r in zip(messages, results, strict=True)}
    outcome |= {message_id: ProviderRefused("expired") for message_id in late}
    async with context.db.transaction(tenant_id) as session:
        await _note(session, tenant_id, outcome)
    return len(taken)


def within_lease(
    stopping: Callable[[], bool], *, longest: float, clock: Callable[[], float] = time.monotonic
) -> Callable[[], bool]:
    """Return what says that no other message of a batch may be sent: the worker ends, or a call that lasts `longest`
    seconds would outlast the lease, so that another sender could take the same message meanwhile.
    """
    ends = clock() + LEASE.total_seconds() - longest
    return lambda: stopping() or clock() > ends


def _expired(message: Message) -> bool:
    return message.expires_at is not None and message.expires_at <= now()


async def _is_quiet(session: AsyncSession) -> bool:
    """Whether the union sends only what must arrive now."""
    try:
        hours = (await current_pack(session)).notices.quiet_hours
    except ServiceBusy:  # its first pack is not in force yet
        return False
    return hours is not None and is_quiet(
        hours.start, hours.until, now().astimezone(BUSINESS_ZONE).strftime("%H:%M")
    )


async def _wechat_users(
    session: AsyncSession, tenant_id: UUID, messages: Sequence[Message]
) -> dict[UUID, str]:
    """Return the sealed open ids of accounts that are told by WeChat."""
    ids = {m.account_id for m in messages if m.channel == "wechat" and m.account_id is not None}
    return await CopyRepository(session, tenant_id).wechat_of(ids) if ids else {}


def _outgoing(message: Message, keys: TenantKeys, pack: TenantPack, linked: Mapping[UUID, str]) -> Outgoing:
    said = (message.template, message.audience, message.channel)
    template = next((t for t in pack.messages if (t.event, t.to, t.channel) == said), None)
    sealed = message.variables
    variables = orjson.loads(keys.open_bytes(sealed, context="message.variables")) if sealed else {}
    open_id = linked.get(message.account_id) if message.account_id else None
    return Outgoing(
        tenant_id=message.tenant_id,
        token=message.id,
        mobile=keys.open(message.mobile, context="person.mobile") if message.mobile else "",
        text=variables.pop(SMS_TEXT, None) or keys.open(message.text, context="message.text"),
        template=message.template,
        channel=message.channel,
        language=message.language,
        signature=pack.tenant.sms_signature,
        providers=dict(template.providers.items()) if template else {},
        variables=variables,
        wechat=template.wechat if template else None,
        app=pack.registration.sign_in.wechat,
        open_id=keys.open(open_id, context="wechat.open_id") if open_id else None,
    )


async def _send(
    channel: MessageChannel,
    message: Outgoing,
    keys: TenantKeys,
    gate: asyncio.Semaphore,
    stopping: Callable[[], bool],
) -> Result | None:
    """Send one message; None if it did not leave."""
    async with gate:
        if stopping():
            return None
        try:
            return await channel.send(message, keys)
        except (ProviderAway, ProviderRefused) as error:
            return error
        except Exception as error:
            log.error("message.channel_failed", template=message.template, exc_info=error)
            return ProviderAway(type(error).__name__)


async def _note(session: AsyncSession, tenant_id: UUID, outcome: dict[UUID, Result | None]) -> None:
    rows = await MessageRepository(session, tenant_id).locked(list(outcome))
    for message_id, result in outcome.items():
        message = rows.get(message_id)
        if message is None:
            continue  # its person was erased meanwhile
        if result is None:
            message.put_back()
        else:
            _settle(session, message, result)


def _settle(session: AsyncSession, message: Message, result: Result) -> None:
    before = message.state
    if isinstance(result, ProviderRefused):
        outcome = "refused"
        message.refused(str(result))
    elif isinstance(result, ProviderAway):
        outcome = "delayed"
        message.delayed(str(result))
    else:
        outcome = "sent"
        message.sent(result)
    HANDED_OVER.labels(message.channel, outcome).inc()
    if before == message.state:
        return
    facts = {
        "message_id": message.id,
        "channel": message.channel,
        "template": message.template,
        "cause_id": message.cause_id,
    }
    if message.state == "sent":
        person = message.recipient_id if message.audience == "member" else None
        emit(session, MessageSent(**facts, person_id=person))
    elif message.state == "failed":
        emit(session, MessageFailed(**facts, reason=message.failure or ""))
