"""What claims holds of a person and gives up when they are erased; numbers, amounts and the ledger stay."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.consumer import ConsumerContext
from common.contracts.identity import PersonErased
from common.crypto import TenantKeys, seal_words
from common.db import TenantRepository
from common.erasure import ERASED, ErasedTable, erasure_subscription

from .appeals.models import Appeal
from .copies.models import DocumentCopy, PersonCard, PersonCopy, PolicyCopy
from .feed.models import FeedLine
from .feed.persons import ErasedLines
from .feedback.models import Feedback
from .intake.models import Claim
from .intake.repository import ClaimRepository
from .payouts.at_counter.service import shown_cards
from .payouts.erased import erase_payouts
from .sampling.models import Sample
from .statistics.models import PersonSearch

NAME = {"name": "person.name"}
TABLES = (
    # Found by the person's number: before the copies lose it.
    ErasedLines(FeedLine, nulled=("facts", "document_index")),
    ErasedTable(PersonCopy, "id", NAME, nulled=("mobile",), indexes=("document_index",)),
    ErasedTable(PersonCard, "id", removed=True),
    ErasedTable(PersonSearch, "id", removed=True),
    ErasedTable(
        PolicyCopy,
        sealed={**NAME, "document_number": "person.document"},
        nulled=("mobile", "bank_card", "bank_name"),
        indexes=("document_index",),
    ),
    ErasedTable(DocumentCopy, nulled=("recognition", "phash")),
    ErasedTable(Appeal, sealed={"words": "words"}),
    ErasedTable(Sample, "claim_id", nulled=("opinion",), via=Claim),
    ErasedTable(Feedback, "claim_id", nulled=("words",), via=Claim),
    ErasedTable(
        Claim, sealed={"form": ("claims.form", "[]")}, nulled=("explanation", "reason", "payee", "on_behalf")
    ),
)


async def erase_the_rest(session: AsyncSession, event: PersonErased, context: ConsumerContext) -> int:
    """Blank what no table says alone: words on timelines, and payouts as far as they are paid."""
    keys = await context.service.keyring.for_tenant(session)
    rows = await erase_payouts(session, person_id=event.person_id, keys=keys)
    await erase_answers(session, event, keys)
    return rows + await erase_opinions(session, event, keys)


async def erase_answers(session: AsyncSession, event: PersonErased, keys: TenantKeys) -> None:
    """Blank what was said to a person's appeals, at every node; an answered one keeps an answer. Counted already."""
    repository = TenantRepository(session, keys.tenant_id)
    for appeal in await repository.all(repository.select(Appeal).where(Appeal.person_id == event.person_id)):
        appeal.forget_words(seal_words(keys, ERASED))
    await session.flush()


async def erase_opinions(session: AsyncSession, event: PersonErased, keys: TenantKeys) -> int:
    """Blank what people wrote on the timelines of a person's claims; steps without words stay as they are."""
    repository = ClaimRepository(session, keys.tenant_id)
    return await repository.blank_opinions(event.person_id, seal_words(keys, ERASED))


async def documents_about(session: AsyncSession, event: PersonErased, context: ConsumerContext) -> list[UUID]:
    """Return what was filed with a person's claims and shown for their payouts, by whoever did it."""
    keys = await context.service.keyring.for_tenant(session)
    filed = await ClaimRepository(session, keys.tenant_id).filed_documents(event.person_id)
    return [*filed, *await shown_cards(session, person_id=event.person_id, keys=keys)]


SUBSCRIPTION = erasure_subscription("claims", TABLES, extra=erase_the_rest, documents=documents_about)
