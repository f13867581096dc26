"""The HTTP application of activities, served under /api/activities."""

from fastapi import FastAPI

from common.app import build_app
from common.db.naming import Subjects
from common.http import ServiceContext
from common.tasks.router import task_router

from .campaigns.models import Campaign
from .consumers import SUBSCRIBED
from .endpoints import ROUTERS
from .rewards.models import Reward
from .settings import ActivitiesSettings
from .tasks import TASKS

STREAMED = ("/codes", "/code-files")
SUBJECTS: Subjects = {"campaign": Campaign.title, "reward": Reward.number}


def create_app(settings: ActivitiesSettings | None = None) -> FastAPI:
    """Return the application; its settings come from the environment unless they are given."""
    context = ServiceContext.make("activities", settings or ActivitiesSettings(), subscribed=SUBSCRIBED)
    routers = [*ROUTERS, task_router(TASKS)]
    return build_app(context, routers, title="Huzhu activities 活动", streamed=STREAMED, subjects=SUBJECTS)
