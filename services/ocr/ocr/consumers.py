"""What ocr listens to: the tenants, their packs and keys, and persons whose data must go."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from common.consumer import ConsumerContext, Subscription, subscribe
from common.consumer.tenants import tenant_subscriptions
from common.contracts.erasure import ClaimsErasureDone, EnrollmentErasureDone, OcrErasureDone
from common.contracts.identity import PersonErased
from common.events import emit

from .erasure.service import erase_documents, erase_person
from .export import SUBSCRIPTION as EXPORT
from .extras import vault_of


async def on_person_erased(session: AsyncSession, event: PersonErased, context: ConsumerContext) -> None:
    """Destroy the key of everything that the person handed in; a second time changes nothing."""
    actor = f"erasure:{event.request_id}"
    await erase_person(session, person_id=event.person_id, actor_id=actor, vault=vault_of(context.service))
    await on_documents_erased(session, event, context)
    emit(session, OcrErasureDone(request_id=event.request_id, person_id=event.person_id, rows=1))


async def on_documents_erased(
    session: AsyncSession,
    event: PersonErased | ClaimsErasureDone | EnrollmentErasureDone,
    context: ConsumerContext,
) -> None:
    """Destroy what others handed in about an erased person, as the service that it was filed with names it."""
    await erase_documents(
        session,
        person_id=event.person_id,
        ids=event.documents,
        actor_id=f"erasure:{event.request_id}",
        vault=vault_of(context.service),
    )


SUBSCRIPTIONS: tuple[Subscription[Any], ...] = (
    *tenant_subscriptions(),
    subscribe(PersonErased, on_person_erased),
    subscribe(ClaimsErasureDone, on_documents_erased),
    subscribe(EnrollmentErasureDone, on_documents_erased),
    EXPORT,
)
SUBSCRIBED = frozenset(subscription.event.wire for subscription in SUBSCRIPTIONS)
