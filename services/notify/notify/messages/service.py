"""Use cases of reading messages."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.clock import now
from common.crypto import TenantKeys
from common.errors import NotFound
from common.http import Cursor, Page
from common.identifiers import mask_mobile
from common.text import language

from .models import Message
from .repository import MessageRepository
from .rules import title_of
from .schemas import DeliveryCount, DeliveryCounts, DeliveryRead, MessageRead, ReadAll, UnreadCount


def own_ids(actor: Actor) -> list[UUID]:
    """Return the ids under which an actor is told things: the account, and a member's person."""
    return [actor.id, *([actor.person_id] if actor.person_id else [])]


def read(message: Message, keys: TenantKeys) -> MessageRead:
    """Open a message for its recipient: in the language of the request, where it was written in that too."""
    text, title, words = message.text, message.title, message.language
    if message.other_text is not None and language.get() != message.language:
        text, title, words = message.other_text, message.other_title, language.get()
    return MessageRead(
        id=message.id,
        template=message.template,
        channel=message.channel,
        title=keys.open(title, context="message.title")
        if title
        else title_of(message.template).in_language(words),
        text=keys.open(text, context="message.text"),
        created_at=message.created_at,
        read_at=message.read_at,
    )


async def list_messages(
    session: AsyncSession, *, actor: Actor, keys: TenantKeys, cursor: Cursor, unread: bool
) -> Page[MessageRead]:
    """Return the caller's own messages, newest first."""
    repository = MessageRepository(session, actor.tenant_id)
    rows = await repository.inbox(recipients=own_ids(actor), cursor=cursor, unread=unread)
    return cursor.page(rows, lambda row: read(row, keys))


async def count_unread(session: AsyncSession, *, actor: Actor) -> UnreadCount:
    """Count the caller's unread messages."""
    return UnreadCount(unread=await MessageRepository(session, actor.tenant_id).unread(own_ids(actor)))


async def read_message(
    session: AsyncSession, *, actor: Actor, keys: TenantKeys, message_id: UUID
) -> MessageRead:
    """Return one of the caller's messages and mark it as read."""
    message = await MessageRepository(session, actor.tenant_id).one_of(message_id, own_ids(actor))
    if message is None:
        raise NotFound
    message.read()
    return read(message, keys)


async def show_message(
    session: AsyncSession, *, actor: Actor, keys: TenantKeys, message_id: UUID
) -> MessageRead:
    """Return one of the caller's messages as it is, read or not."""
    message = await MessageRepository(session, actor.tenant_id).one_of(message_id, own_ids(actor))
    if message is None:
        raise NotFound
    return read(message, keys)


async def read_all(session: AsyncSession, *, actor: Actor) -> ReadAll:
    """Mark everything of the caller's as read."""
    return ReadAll(read=await MessageRepository(session, actor.tenant_id).read_all(own_ids(actor)))


async def count_deliveries(session: AsyncSession, *, actor: Actor, days: int) -> DeliveryCounts:
    """Count the tenant's messages of the last days by channel and state."""
    since = now() - timedelta(days=days)
    found = await MessageRepository(session, actor.tenant_id).counts(since)
    items = [DeliveryCount(channel=channel, state=state, messages=n) for channel, state, n in found]
    return DeliveryCounts(since=since, items=items)


async def list_deliveries(
    session: AsyncSession,
    *,
    actor: Actor,
    keys: TenantKeys,
    cursor: Cursor,
    state: str | None,
    channel: str | None = None,
    template: str | None = None,
) -> Page[DeliveryRead]:
    """Return where the tenant's messages stand; mobiles masked, texts not shown."""
    rows = await MessageRepository(session, actor.tenant_id).deliveries(
        cursor=cursor, state=state, channel=channel, template=template
    )
    return cursor.page(rows, lambda row: _delivery(row, keys))


def _delivery(row: Message, keys: TenantKeys) -> DeliveryRead:
    mobile = mask_mobile(keys.open(row.mobile, context="person.mobile")) if row.mobile else None
    shown = {name: getattr(row, name) for name in DeliveryRead.model_fields if name != "mobile"}
    if row.state != "queued":
        shown["next_attempt_at"] = None
    return DeliveryRead(mobile=mobile, **shown)
