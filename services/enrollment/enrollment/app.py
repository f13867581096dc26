"""Composition of enrollment's HTTP application."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from common.app import build_app
from common.db.naming import Subjects
from common.http import ServiceContext
from common.tasks.router import task_router

from .amendments.endpoints import router as amendments
from .carried.endpoints import router as carried
from .certificates.endpoints import router as certificates
from .consents.endpoints import router as consents
from .consumers import SUBSCRIBED
from .copies.models import UnitCopy
from .dues.endpoints import router as dues
from .extras import SERVICE, make_context
from .forms.endpoints import router as forms
from .found.endpoints import router as found
from .imports.endpoints import router as imports
from .imports.pool import RosterPool
from .individual.endpoints import router as individual
from .individual.models import Application
from .online_payments.endpoints import router as online_payments
from .online_payments.models import OnlinePayment
from .orders.endpoints import router as orders
from .orders.models import Order
from .payments.endpoints import router as payments
from .people.endpoints import router as people
from .policies.endpoints import router as policies
from .policies.models import Policy
from .products.endpoints import router as products
from .receipts.endpoints import router as receipts
from .receipts.models import Receipt
from .records.endpoints import router as records
from .renewals.endpoints import router as renewals
from .sandbox.endpoints import router as sandbox
from .settings import Settings
from .sources.endpoints import router as sources
from .statistics.endpoints import router as statistics
from .tasks import KINDS
from .terminations.endpoints import router as terminations
from .terminations.models import Termination

__all__ = ["SERVICE", "create_app"]
SUBJECTS: Subjects = {
    "order": Order.number, "application": Application.number, "policy": Policy.number, "receipt": Receipt.number,
    "payment": OnlinePayment.number, "termination": Termination.number, "unit": UnitCopy.name,
}  # fmt: skip


@asynccontextmanager
async def lifespan(context: ServiceContext) -> AsyncIterator[None]:
    """Start a roster process soon after the application, and end them all with it."""
    pool: RosterPool = context.extras["roster_pool"]
    warming = asyncio.create_task(_warm(pool, getattr(context.settings, "roster_warm_seconds", 0)))
    try:
        yield
    finally:
        warming.cancel()
        await asyncio.gather(warming, return_exceptions=True)
        pool.close()


async def _warm(pool: RosterPool, seconds: float) -> None:
    """Wait until the start is over, then start a process."""
    if seconds:
        await asyncio.sleep(seconds)
        await pool.warm()


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return enrollment's application, served under /api/enrollment."""
    settings = settings or Settings()
    context = make_context(settings, subscribed=SUBSCRIBED)
    of_policies = [records, certificates, renewals, terminations, statistics, task_router(KINDS)]
    of_orders = [
        products,
        imports,
        sources,
        consents,
        amendments,
        carried,
        people,
        payments,
        forms,
        found,
        orders,
        policies,
    ]
    routers = [individual, dues, online_payments, sandbox, receipts, *of_policies, *of_orders]
    return build_app(
        context,
        routers,
        title="Huzhu enrollment",
        lifespan=lifespan,
        streamed=("/roster",),
        subjects=SUBJECTS,
    )
