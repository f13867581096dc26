"""Composition of enrollment's HTTP application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from common.http import ServiceContext, build_app

from .consumers import SUBSCRIBED
from .extras import SERVICE, make_context
from .imports.endpoints import router as imports
from .imports.pool import RosterPool
from .orders.endpoints import router as orders
from .payments.endpoints import router as payments
from .people.endpoints import router as people
from .policies.endpoints import router as policies
from .products.endpoints import router as products
from .settings import Settings

__all__ = ["SERVICE", "create_app"]


@asynccontextmanager
async def lifespan(context: ServiceContext) -> AsyncIterator[None]:
    """End the roster processes with the application; they start at the first roster."""
    try:
        yield
    finally:
        pool: RosterPool = context.extras["roster_pool"]
        pool.close()


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return enrollment's application, served under /api/enrollment."""
    settings = settings or Settings()
    context = make_context(settings, subscribed=SUBSCRIBED)
    routers = [products, imports, people, payments, orders, policies]
    return build_app(context, routers, title="Huzhu enrollment", lifespan=lifespan, streamed=("/roster",))
