"""The HTTP application of identity, served under /api/identity."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from common.app import build_app
from common.db.naming import Subjects
from common.http import ServiceContext

from .accounts.models import Account
from .consumers import SUBSCRIBED
from .endpoints import ROUTERS
from .extras import install, signing_keys
from .members.models import Person
from .settings import IdentitySettings
from .tenants.models import Tenant
from .units.models import Unit
from .units.names.models import SyncedName

SUBJECTS: Subjects = {
    "account": Account.user_name, "person": Person.member_number, "tenant": Tenant.name_zh, "unit": Unit.name,
    "synced_name": SyncedName.name,
}  # fmt: skip


@asynccontextmanager
async def lifespan(context: ServiceContext) -> AsyncIterator[None]:
    """Make the first signing key before anybody asks for it."""
    await signing_keys(context).jwks()
    yield


def create_app(settings: IdentitySettings | None = None) -> FastAPI:
    """Return the application; its settings come from the environment unless they are given."""
    settings = settings or IdentitySettings()
    context = install(ServiceContext.make("identity", settings, subscribed=SUBSCRIBED))
    return build_app(
        context,
        ROUTERS,
        title="Huzhu identity 身份与会员",
        lifespan=lifespan,
        streamed=("/batches",),
        subjects=SUBJECTS,
    )
