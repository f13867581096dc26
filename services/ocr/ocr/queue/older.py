"""PDFs that were handed in before pictures of pages were made get them, once, while nobody's documents wait."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from ..documents.repository import DocumentRepository
from .repository import QueueRepository

AT_ONCE = 10
"""PDFs in the queue at a time: whoever hands something in meanwhile waits for these at most."""
LOOKED_AT = 1000
"""Documents of one transaction: many are no PDF."""
LASTING = timedelta(hours=1)
"""While a version is rolled out processes of the one before go on taking documents in."""


async def queue_older(session: AsyncSession) -> bool:
    """Queue the next PDFs without pictures; False where there is nothing to go on with now.

    The cursor moves with the queued rows in one transaction: killed anywhere, each is queued once. One of which no
    pictures can be made stays without, as at its upload.
    """
    queue = QueueRepository.of(session)
    run = await queue.pages_run()
    if run.ended_at is not None or not await queue.is_empty():
        return False
    documents = await DocumentRepository.of(session).next_after(run.after, LOOKED_AT)
    lacking = []
    for document_id, lacks in documents:
        run.advance(document_id)
        if lacks:
            lacking.append(document_id)
        if len(lacking) == AT_ONCE:
            break
    await queue.add_for_pages(lacking)
    if len(documents) == LOOKED_AT:
        return True
    if not lacking:
        run.rest(lasting=LASTING)
    return bool(lacking)
