"""The states of a document as they come, for whoever waits on a screen: server-sent events."""

import asyncio
import time
from collections.abc import AsyncIterator
from uuid import UUID

from common.auth import Actor
from common.http import ServiceContext

from ..extras import settings_of
from ..queue.repository import QueueRepository
from .models import RECOGNIZING, STORED
from .repository import DocumentRepository
from .schemas import DocumentState

LOOK_SECONDS = 0.4
SIGN_OF_LIFE_SECONDS = 15.0
"""Something is sent so often that no gateway takes the stream for dead."""


async def look(context: ServiceContext, *, actor: Actor, document_id: UUID) -> DocumentState:
    """Return how a document is now; NotFound. A short transaction of its own."""
    async with context.db.transaction(actor.tenant_id) as session:
        document = await DocumentRepository.of(session).seen_by(actor, document_id)
        ahead = await QueueRepository.of(session).ahead_of(document_id)
        return DocumentState(
            document_id=document.id, state=document.state, type=document.document_type, ahead=ahead
        )


async def states(
    context: ServiceContext, *, actor: Actor, document_id: UUID, first: DocumentState
) -> AsyncIterator[bytes]:
    """Yield an event for each change, beginning with `first`; ends when the document waits no longer.

    A document that nobody queued is as it will stay. After `watch_seconds` the stream ends and the client asks anew.
    """
    end = time.monotonic() + settings_of(context).watch_seconds
    said, spoke_at = first, time.monotonic()
    yield _event(said)
    while _goes_on(said) and time.monotonic() < end:
        await asyncio.sleep(LOOK_SECONDS)
        now = await look(context, actor=actor, document_id=document_id)
        if now != said:
            said, spoke_at = now, time.monotonic()
            yield _event(said)
        elif time.monotonic() - spoke_at > SIGN_OF_LIFE_SECONDS:
            spoke_at = time.monotonic()
            yield b": waiting\n\n"


def _goes_on(state: DocumentState) -> bool:
    return state.state in (STORED, RECOGNIZING) and state.ahead is not None


def _event(state: DocumentState) -> bytes:
    return f"event: state\ndata: {state.model_dump_json()}\n\n".encode()
