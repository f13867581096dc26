"""Carrying an erasure out: identity blanks what it holds and says PersonErased; each service does its part.

What stays names nobody: the person's id and member number, dates, states, the audit log, the ledger.
"""

from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.clock import BUSINESS_ZONE, today
from common.contracts.identity import PersonErased
from common.crypto.tenant import WORDS
from common.erasure import ErasedTable, erase_person
from common.events import emit
from common.http import ServiceContext
from common.ids import new_id
from common.tenancy import current_pack

from ..accounts.models import Account
from ..accounts.service import end_sessions_of
from ..members.bulk.models import AdmissionRow
from ..members.models import Person, PersonRecord
from ..members.requests.models import MemberRequest, MemberRequestStep
from . import rules
from .holding import held_by
from .models import DataRequest
from .repository import PrivacyRepository

BATCH = 200
SYSTEM = UUID(int=0)
FACTS = {"name_sealed": "person.name", "document_sealed": "person.document"}
TABLES = (
    ErasedTable(
        Person, "id", FACTS, ("mobile_sealed", "mobile_index", "name_index", "born_sealed", "account_id", "sex",
         "work_number_sealed", "over_age_opinion", "returned_reason"),
        ("document_index",),
    ),
    ErasedTable(
        PersonRecord, sealed=FACTS, nulled=("mobile_sealed", "mobile_index", "name_index", "note"),
        indexes=("document_index",),
    ),
    ErasedTable(
        MemberRequest, sealed={"reason": WORDS},
        nulled=("name_sealed", "name_index", "document_sealed", "document_index", "answer"),
    ),
    ErasedTable(MemberRequestStep, "request_id", nulled=("opinion",), via=MemberRequest),
    ErasedTable(DataRequest, sealed={"reason": WORDS}, nulled=("answer",)),
    ErasedTable(AdmissionRow, removed=True),
    ErasedTable(Account, nulled=("mobile_sealed", "mobile_index", "name_sealed")),
)  # fmt: skip


async def begin_erasure(
    session: AsyncSession, *, context: ServiceContext, request: DataRequest, person: Person
) -> None:
    """Blank what identity holds of a person, locked, and tell the other services."""
    privacy, person_id = PrivacyRepository.of(session), person.id
    accounts = await privacy.accounts_of(person_id)
    for account in accounts:
        if account.status != "closed":
            account.close()
            await end_sessions_of(session, context=context, account=account, reason="erased")
    person.change({"state": "left"})
    privacy.remember([person], reason="erased", note=None)
    await session.flush()
    papers = await privacy.papers_about(person_id)
    rows = await privacy.remove_links([account.id for account in accounts])
    rows += await privacy.remove_owned(person_id)
    keys = await context.keyring.for_tenant(session)
    rows += await erase_person(session, person_id=person_id, keys=keys, tables=TABLES)
    session.expire(person)
    await session.refresh(request, ["reason", "answer"])
    request.acknowledge("identity", rows)
    emit(session, PersonErased(request_id=request.id, person_id=person_id, documents=papers))
    await record(
        session, actor_id=f"erasure:{request.id}", action="person.erased", subject=f"person:{person_id}",
        detail={"rows": rows},
    )  # fmt: skip


async def apply_retention(context: ServiceContext, tenant_id: UUID) -> None:
    """Remove what the pack's rule says is kept no longer, a batch for each transaction."""
    more = True
    while more:
        async with context.db.transaction(tenant_id) as session:
            more = await _forget_unreported(session)
    last: UUID | None = None
    more = True
    while more:
        async with context.db.transaction(tenant_id) as session:
            last = await _erase_left(session, context, after=last)
            more = last is not None


async def _forget_unreported(session: AsyncSession) -> bool:
    """Remove some who were entered and never reported; return whether there may be more."""
    retention = (await current_pack(session)).privacy.retention
    if retention is None or retention.unreported_days is None:
        return False
    day = today() - timedelta(days=retention.unreported_days)
    privacy = PrivacyRepository.of(session)
    stale = await privacy.stale(before=datetime.combine(day, time.min, BUSINESS_ZONE), limit=BATCH)
    if stale:
        await privacy.remove_people((Person.tenant_id == privacy.tenant_id) & Person.id.in_(stale))
        await record(
            session,
            actor_id="retention",
            action="members.forgotten",
            subject="members",
            detail={"people": len(stale)},
        )
    return bool(stale)


async def _erase_left(session: AsyncSession, context: ServiceContext, *, after: UUID | None) -> UUID | None:
    """Erase persons whose time is over and whom neither cover nor claims need.

    Return the last that was looked at, None if there was nobody: who is still needed keeps nobody behind them waiting.
    """
    retention = (await current_pack(session)).privacy.retention
    if retention is None or retention.left_years is None:
        return None
    privacy, day = PrivacyRepository.of(session), rules.left_by(today(), years=retention.left_years)
    found = await privacy.left_before(day, after=after, limit=BATCH)
    last = found[-1].id if found else None
    for person in found:
        if rules.reasons_to_keep(await held_by(session, person.id), today=today()):
            continue
        request = privacy.add(
            DataRequest(
                id=new_id(), kind="erasure", person_id=person.id, state="open", reason="retention", parts={},
                requested_by=SYSTEM, requested_as="retention",
            )
        )  # fmt: skip
        request.begin(None)
        await session.flush()
        await begin_erasure(session, context=context, request=request, person=person)
    return last
