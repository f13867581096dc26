"""The HTTP application of identity, served under /api/identity."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from common.http import ServiceContext, build_app

from .composition import install, signing_keys
from .consumers import SUBSCRIBED
from .endpoints import ROUTERS
from .settings import IdentitySettings


@asynccontextmanager
async def lifespan(context: ServiceContext) -> AsyncIterator[None]:
    """Make the first signing key, and verify own tokens without asking oneself over the network."""
    context.verifier.use_keys(await signing_keys(context).jwks())
    yield


def create_app(settings: IdentitySettings) -> FastAPI:
    """Return the application."""
    context = install(ServiceContext.make("identity", settings, subscribed=SUBSCRIBED))
    return build_app(context, ROUTERS, title="Huzhu identity 身份与会员", lifespan=lifespan)
