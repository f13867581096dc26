"""What enrollment holds of a person and gives up when they are erased; numbers, terms and amounts stay."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.consumer import ConsumerContext
from common.contracts.identity import PersonErased
from common.db import TenantRepository
from common.erasure import ErasedTable, erasure_subscription

from .consents.models import OverAgeConsent
from .copies.models import PersonCopy
from .dues.models import DuesBill
from .imports.models import StagedRow
from .individual.models import Application
from .people.models import OrderPerson
from .policies.models import Policy
from .receipts.models import Receipt

WHO = {"document_token": "person.document", "name_token": "person.name"}
TABLES = (
    ErasedTable(
        PersonCopy,
        "id",
        WHO,
        nulled=("mobile_token", "mobile_index", "sex", "born_token", "work_number_token"),
        indexes=("document_index",),
    ),
    ErasedTable(
        OrderPerson,
        sealed=WHO,
        nulled=("mobile_token", "mobile_index", "card_token", "card_index", "bank_name", "note_token"),
        indexes=("document_index", "name_index"),
    ),
    ErasedTable(StagedRow, removed=True),
    ErasedTable(
        Policy,
        sealed=WHO,
        nulled=("mobile_token", "mobile_index", "card_token", "card_index", "bank_name"),
        indexes=("document_index", "name_index"),
    ),
    ErasedTable(Application, nulled=("answers_token", "reason")),
    ErasedTable(OverAgeConsent, nulled=("note", "reason")),
    ErasedTable(DuesBill, nulled=("wage_token",)),
    ErasedTable(Receipt, nulled=("payer_token",)),
)


async def papers(session: AsyncSession, event: PersonErased, context: ConsumerContext) -> list[UUID]:
    """Return the papers of postponed retirement that units handed in about a person alone."""
    repository = TenantRepository(session, session.info["tenant_id"])
    consents = await repository.all(
        repository.select(OverAgeConsent).where(OverAgeConsent.person_id == event.person_id)
    )
    named = {str(paper["document_id"]) for consent in consents for paper in consent.papers}
    of_others = repository.select(OverAgeConsent).where(OverAgeConsent.person_id != event.person_id)
    shared = {
        document
        for document in named
        if await repository.first(
            of_others.where(OverAgeConsent.papers.contains([{"document_id": document}]))
        )
    }
    return [UUID(document) for document in named - shared]


SUBSCRIPTION = erasure_subscription("enrollment", TABLES, documents=papers)
