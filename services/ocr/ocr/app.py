"""Composition of the ocr service's HTTP application."""

from fastapi import FastAPI

from common.http import build_app
from common.storage.uploads import upload_router

from .auth import UPLOAD
from .bucket import bucket_ready
from .consumers import SUBSCRIBED
from .documents.endpoints import router as documents
from .extras import make_context
from .settings import OcrSettings


def create_app(settings: OcrSettings | None = None) -> FastAPI:
    """Return the ASGI application, served under /api/ocr; settings come from the environment unless given."""
    context = make_context(settings or OcrSettings(), subscribed=SUBSCRIBED)
    routers = [documents, upload_router(UPLOAD)]
    return build_app(
        context,
        routers,
        title="Huzhu ocr 材料与识别",
        lifespan=bucket_ready,
        streamed=("/documents", "/uploads"),
    )
