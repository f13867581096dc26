"""The HTTP application of notify, served under /api/notify."""

from fastapi import FastAPI

from common.app import build_app
from common.db.naming import Subjects
from common.http import ServiceContext

from .bulk.models import BulkMessage
from .consumers import SUBSCRIBED
from .content.models import ArticleRevision
from .endpoints import ROUTERS
from .pictures.store import picture_store
from .settings import NotifySettings

SUBJECTS: Subjects = {
    "bulk_message": BulkMessage.title,
    "article": (ArticleRevision.article_id, ArticleRevision.title_zh),
}


def create_app(settings: NotifySettings | None = None) -> FastAPI:
    """Return the application; its settings come from the environment unless they are given."""
    context = ServiceContext.make("notify", settings or NotifySettings(), subscribed=SUBSCRIBED)
    return build_app(
        context,
        ROUTERS,
        title="Huzhu notify 消息",
        lifespan=picture_store,
        streamed=("/pictures",),
        subjects=SUBJECTS,
    )
