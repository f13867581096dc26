"""Use cases on exactly the result of a search: report, confirm, return, delete all (rows D.03, D.10).

A search that is shown is remembered with a digest of the ids and versions of all it found. Whoever acts on it names
it, and is told if it no longer finds the same.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor, Eyes
from common.clock import now
from common.contracts.identity import MembersAdmitted
from common.contracts.pack import TenantPack
from common.contracts.pack.chains import Node
from common.crypto import TenantKeys, seal_words
from common.db import among
from common.errors import NotFound
from common.events import emit
from common.http import Cursor, ServiceContext
from common.ids import new_id
from common.tenancy import current_pack

from ..facts import fact_of, read_member
from ..models import Person
from ..rules import Criteria
from ..service import criteria_of
from . import rules
from .errors import (
    ConsentMissing,
    HasAccount,
    NotDeletable,
    NotReportable,
    NotReported,
    NotYourNode,
    SamePerson,
    SearchChanged,
    SearchEmpty,
    SearchUnknown,
    WordsWrong,
)
from .models import AdmissionReport, MemberSearch
from .repository import AdmissionRepository, Found
from .schemas import AdmissionPage, AdmissionSearch, CountRead, ReportRead, SearchRead
from .service import offered

SEARCH_LIVES = timedelta(hours=24)
BATCH = 500


async def search(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, asked: AdmissionSearch, cursor: Cursor
) -> AdmissionPage:
    """Return the persons that fit, masked; the first page remembers the search with all that it found."""
    keys, people = await context.keyring.for_tenant(session), AdmissionRepository.of(session)
    criteria = criteria_of(asked, keys).model_copy(
        update={"over_age": asked.over_age, "batch_id": asked.batch_id}
    )
    found = await people.page(actor, cursor=cursor, criteria=criteria)
    names = await people.unit_names([person.unit_id for person in found if person.unit_id])
    page = cursor.page(found, lambda p: read_member(p, names.get(p.unit_id) if p.unit_id else None, keys))
    shown = None
    if cursor.after is None:
        whole = await people.look(actor, criteria)
        row = people.add(
            MemberSearch(
                id=new_id(), actor_id=actor.id, criteria=criteria.model_dump(mode="json", exclude_none=True),
                total=whole.total, digest=whole.digest,
            )
        )  # fmt: skip
        await session.flush()
        shown = SearchRead(id=row.id, total=row.total, created_at=row.created_at)
    return AdmissionPage(items=page.items, next_cursor=page.next_cursor, search=shown)


async def report(session: AsyncSession, *, actor: Actor, search_id: UUID) -> ReportRead:
    """Report exactly what a search showed (当前查询结果上报); the system confirms unless the pack asks for a person."""
    pack = await current_pack(session)
    admission = offered(pack)
    found = await _again(session, actor, search_id)
    if found.editable != found.total:
        raise NotReportable(count=found.total - found.editable)
    if found.without_consent:
        raise ConsentMissing(count=found.without_consent)
    by_person = admission.confirmation == "person"
    node = rules.next_node(pack.chains.admissions, None) if by_person else None
    people = AdmissionRepository.of(session)
    row = people.add(
        AdmissionReport(
            id=new_id(), requested_by=actor.id, search_id=search_id, total=found.total, confirmed=0
        )
    )
    await session.flush()
    await people.report(Eyes.of(actor), found.ids, report_id=row.id, node=node)
    await record(
        session, actor_id=actor.id, action="members.reported", subject=f"report:{row.id}",
        detail={"people": found.total, "digest": found.digest},
    )  # fmt: skip
    if by_person:
        row.finish()
    else:
        await confirm_batch(session, row)
    return _read(row, waiting=by_person)


async def read_report(session: AsyncSession, *, actor: Actor, report_id: UUID) -> ReportRead:
    """Return how far a report of the caller's own is."""
    row = await AdmissionRepository.of(session).find(AdmissionReport, report_id)
    if row is None or row.requested_by != actor.id:
        raise NotFound
    return _read(row, waiting=row.finished_at is not None and row.confirmed < row.total)


async def confirm_batch(session: AsyncSession, row: AdmissionReport) -> bool:
    """Let the system confirm up to 500 persons of a report; return whether there may be more."""
    people = AdmissionRepository.of(session)
    batch = await people.reported(row.id, limit=BATCH)
    for person in batch:
        person.confirm(None)
    row.advance(len(batch))
    if len(batch) < BATCH:
        row.finish()
    await _tell_confirmed(session, batch, by=None)
    return len(batch) == BATCH


async def confirm_reports(context: ServiceContext, tenant_id: UUID) -> None:
    """Confirm what is reported, one batch for each transaction; killed anywhere, it goes on where it was."""
    async with context.db.transaction(tenant_id) as session:
        waiting = [row.id for row in await AdmissionRepository.of(session).open_reports()]
    for report_id in waiting:
        more = True
        while more:
            async with context.db.transaction(tenant_id) as session:
                row = await AdmissionRepository.of(session).lock_report(report_id)
                more = row is not None and await confirm_batch(session, row)


async def forget_searches(context: ServiceContext, tenant_id: UUID) -> None:
    """Delete searches that nobody can name any more."""
    async with context.db.transaction(tenant_id) as session:
        await AdmissionRepository.of(session).forget_searches(before=now() - SEARCH_LIVES)


async def confirm(session: AsyncSession, *, actor: Actor, search_id: UUID) -> CountRead:
    """Confirm the persons that a search showed (财务确认): by the role of the node that they wait at."""
    pack = await current_pack(session)
    ids = await _waiting_for(session, actor, search_id, pack)
    async for batch in _batches(session, ids):
        confirmed = []
        for person in batch:
            following = rules.next_node(pack.chains.admissions, person.node)
            if following is None:
                person.confirm(Eyes.of(actor))
                confirmed.append(person)
            else:
                person.pass_on(following, Eyes.of(actor))
        await _tell_confirmed(session, confirmed, by=actor.id)
    await _audit(session, actor, "members.confirmed", search_id, len(ids))
    return CountRead(people=len(ids))


async def send_back(
    session: AsyncSession, *, actor: Actor, search_id: UUID, reason: str, keys: TenantKeys
) -> CountRead:
    """Give the persons that a search showed back with a reason (打回)."""
    ids = await _waiting_for(session, actor, search_id, await current_pack(session))
    people, words = AdmissionRepository.of(session), seal_words(keys, reason)
    async for batch in _batches(session, ids):
        for person in batch:
            person.send_back(Eyes.of(actor), words)
        people.remember(batch, reason="returned", by=actor.id, note=words)
    await _audit(session, actor, "members.returned", search_id, len(ids))
    return CountRead(people=len(ids))


async def delete_all(session: AsyncSession, *, actor: Actor, search_id: UUID, words: str) -> CountRead:
    """Delete exactly the persons that a search showed, if all are new or returned and 全部删除 was typed."""
    if words.strip() != rules.DELETE_WORDS:
        raise WordsWrong
    found = await _again(session, actor, search_id)
    if found.editable != found.total:
        raise NotDeletable(count=found.total - found.editable)
    if found.bound:
        raise HasAccount
    people = AdmissionRepository.of(session)
    removed = await people.remove_people((Person.tenant_id == people.tenant_id) & among(Person.id, found.ids))
    await _audit(session, actor, "members.deleted", search_id, removed)
    return CountRead(people=removed)


async def _again(session: AsyncSession, actor: Actor, search_id: UUID) -> Found:
    """Search again and lock what is found; SearchChanged unless it is what was shown."""
    people = AdmissionRepository.of(session)
    shown = await people.search(search_id, actor, since=now() - SEARCH_LIVES)
    if shown is None:
        raise SearchUnknown
    criteria = Criteria.model_validate(shown.criteria)
    found = await people.look(actor, criteria, lock=True)
    if (found.total, found.digest) != (shown.total, shown.digest):
        raise SearchChanged(shown=shown.total, now=found.total)
    if not found.total:
        raise SearchEmpty
    return found


async def _waiting_for(
    session: AsyncSession, actor: Actor, search_id: UUID, pack: TenantPack
) -> Sequence[UUID]:
    """Return the persons of a search, locked, if all wait at a node of the caller's and none was its own work."""
    found = await _again(session, actor, search_id)
    if found.reported != found.total:
        raise NotReported(count=found.total - found.reported)
    nodes = {node.code: node for node in (pack.chains.admissions.nodes if pack.chains.admissions else ())}
    strange, same = 0, False
    async for batch in _batches(session, found.ids):
        mine = [p for p in batch if p.node in nodes and nodes[p.node].role in actor.roles]
        strange += len(batch) - len(mine)
        same = same or any(_is_same(actor, person, nodes[person.node or ""]) for person in mine)
    if strange:
        raise NotYourNode(count=strange)
    if same:
        raise SamePerson
    return found.ids


async def _batches(session: AsyncSession, ids: Sequence[UUID]) -> AsyncIterator[Sequence[Person]]:
    """Give persons that are locked, some hundred at a time; what was done with them is written before the next."""
    people = AdmissionRepository.of(session)
    for start in range(0, len(ids), BATCH):
        yield await people.locked(ids[start : start + BATCH])
        await session.flush()


def _is_same(actor: Actor, person: Person, node: Node) -> bool:
    """Whether the node wants another pair of eyes than this caller's."""
    earlier = [*person.submitters] if "submitter" in node.four_eyes_with else []
    if set(node.four_eyes_with) - {"submitter"}:
        earlier.append(person.decider)
    return any(Eyes.of(actor).are(eyes) for eyes in earlier)


async def _tell_confirmed(session: AsyncSession, confirmed: Sequence[Person], *, by: UUID | None) -> None:
    if not confirmed:
        return
    AdmissionRepository.of(session).remember(confirmed, reason="confirmed", by=by)
    await session.flush()
    for start in range(0, len(confirmed), BATCH):
        facts = [fact_of(person) for person in confirmed[start : start + BATCH]]
        emit(session, MembersAdmitted(batch_id=new_id(), members=facts, notify=True))


async def _audit(session: AsyncSession, actor: Actor, action: str, search_id: UUID, people: int) -> None:
    await record(
        session, actor_id=actor.id, action=action, subject=f"search:{search_id}", detail={"people": people}
    )


def _read(row: AdmissionReport, *, waiting: bool) -> ReportRead:
    state = "waiting" if waiting else "confirming" if row.finished_at is None else "done"
    return ReportRead.model_validate(
        {"id": row.id, "total": row.total, "confirmed": row.confirmed, "state": state}
    )
