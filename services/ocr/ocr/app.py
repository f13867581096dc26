"""Composition of the ocr service's HTTP application."""

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from common.app import build_app
from common.http import ServiceContext
from common.storage.uploads import upload_router

from .auth import UPLOAD
from .bucket import bucket_ready
from .consumers import SUBSCRIBED
from .documents.endpoints import router as documents
from .documents.receiving import most_bytes
from .extras import make_context, settings_of
from .settings import OcrSettings


async def most_of(context: ServiceContext, session: AsyncSession) -> int:
    """Return how large a document of the transaction's union may be."""
    return await most_bytes(session, settings_of(context))


def create_app(settings: OcrSettings | None = None) -> FastAPI:
    """Return the ASGI application, served under /api/ocr; settings come from the environment unless given."""
    context = make_context(settings or OcrSettings(), subscribed=SUBSCRIBED)
    routers = [documents, upload_router(UPLOAD, most_of=most_of)]
    return build_app(
        context,
        routers,
        title="Huzhu ocr 材料与识别",
        lifespan=bucket_ready,
        streamed=("/documents", "/uploads"),
    )
