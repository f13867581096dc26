"""What is on file learns from ocr."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from common.consumer import ConsumerContext, Subscription, subscribe
from common.contracts.ocr import DocumentRecognized

from .documents import take_recognition


async def on_document_recognized(
    session: AsyncSession, event: DocumentRecognized, context: ConsumerContext
) -> None:
    """Take what was read on a card."""
    await take_recognition(session, context=context.service, event=event)


SUBSCRIPTIONS: tuple[Subscription[Any], ...] = (subscribe(DocumentRecognized, on_document_recognized),)
