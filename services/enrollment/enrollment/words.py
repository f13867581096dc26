"""Scheduled work: words of reviewers and handlers that were stored in clear before their columns were sealed."""

from uuid import UUID

from common.crypto import seal_stored_words
from common.db import TenantRow
from common.http import ServiceContext

from .consents.models import OverAgeConsent
from .individual.models import Application, ApplicationStep
from .online_payments.models import OnlineRefund
from .orders.models import Order, OrderStep
from .terminations.models import Termination, TerminationStep

WORDS: dict[type[TenantRow], tuple[str, ...]] = {
    Order: ("return_reason", "refusal_reason"),
    OrderStep: ("reason",),
    Application: ("reason",),
    ApplicationStep: ("opinion",),
    Termination: ("reason", "answer"),
    TerminationStep: ("opinion",),
    OverAgeConsent: ("note", "reason"),
    OnlineRefund: ("reason",),
}
"""Columns with people's own words; revisions 0013 and 0014 have an index of those in clear."""


async def seal_clear_words(context: ServiceContext, tenant_id: UUID) -> None:
    """Seal what stands in clear, a batch for each transaction."""
    for model, columns in WORDS.items():
        more = True
        while more:
            async with context.db.transaction(tenant_id) as session:
                keys = await context.keyring.for_tenant(session)
                more = bool(await seal_stored_words(session, keys, model=model, columns=columns))
