"""Use cases of reading messages."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.crypto import TenantKeys
from common.errors import NotFound
from common.http import Cursor, Page
from common.identifiers import mask_mobile

from .models import Message
from .repository import MessageRepository
from .schemas import DeliveryRead, MessageRead, UnreadCount


def own_ids(actor: Actor) -> list[UUID]:
    """Return the ids under which an actor is told things: the account, and a member's person."""
    return [actor.id, *([actor.person_id] if actor.person_id else [])]


def read(message: Message, keys: TenantKeys) -> MessageRead:
    """Open a message for its recipient."""
    return MessageRead(
        id=message.id,
        template=message.template,
        channel=message.channel,
        text=keys.open(message.text, context="message.text"),
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


async def list_deliveries(
    session: AsyncSession, *, actor: Actor, keys: TenantKeys, cursor: Cursor, state: str | None
) -> Page[DeliveryRead]:
    """Return where the tenant's messages stand; mobiles masked, texts not shown."""
    rows = await MessageRepository(session, actor.tenant_id).deliveries(cursor=cursor, state=state)
    return cursor.page(rows, lambda row: _delivery(row, keys))


def _delivery(row: Message, keys: TenantKeys) -> DeliveryRead:
    mobile = mask_mobile(keys.open(row.mobile, context="person.mobile")) if row.mobile else None
    shown = {name: getattr(row, name) for name in DeliveryRead.model_fields if name != "mobile"}
    return DeliveryRead(mobile=mobile, **shown)
