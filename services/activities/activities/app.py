"""The HTTP application of activities, served under /api/activities."""

from fastapi import FastAPI

from common.http import ServiceContext, build_app

from .consumers import SUBSCRIBED
from .endpoints import ROUTERS
from .settings import ActivitiesSettings


def create_app(settings: ActivitiesSettings | None = None) -> FastAPI:
    """Return the application; its settings come from the environment unless they are given."""
    context = ServiceContext.make("activities", settings or ActivitiesSettings(), subscribed=SUBSCRIBED)
    return build_app(context, ROUTERS, title="Huzhu activities 活动", streamed=("/codes",))
