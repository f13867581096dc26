"""Use cases of requests about personal data: asked for by the member or for them, decided, withdrawn, listed."""

from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor, ActorKind, Eyes
from common.clock import today
from common.crypto import TenantKeys, open_words, seal_words
from common.errors import NotFound
from common.http import Cursor, Page, ServiceContext, check_version, is_next
from common.ids import new_id
from common.tasks import TaskProblem, problems_of, request_task

from ..members.models import Person
from . import rules
from .erasing import begin_erasure
from .errors import AlreadyErased, DataRequestOpen, SamePerson, StillNeeded
from .exporting import EXPORT, EXPORT_OWN, begin_export
from .holding import held_by
from .models import DataRequest
from .repository import PrivacyRepository
from .schemas import DataRequestCreate, DataRequestRead


async def ask(
    session: AsyncSession, *, actor: Actor, person_id: UUID, asked: DataRequestCreate, keys: TenantKeys
) -> DataRequestRead:
    """Ask for an export, which begins at once, or for an erasure, which somebody else has to approve."""
    privacy = PrivacyRepository.of(session)
    if await privacy.seen(person_id, actor) is None:
        raise NotFound
    (person,) = await privacy.locked([person_id])
    known = await privacy.requests_of(person_id)
    if person.is_erased and any(r.kind == "erasure" and r.state == "done" for r in known):
        raise AlreadyErased
    if any(r.kind == asked.kind and r.state in ("open", "running") and r.kind == "erasure" for r in known):
        raise DataRequestOpen
    if asked.kind == "erasure":
        await _require_free(session, person)
    member = actor.kind is ActorKind.MEMBER
    request = privacy.add(
        DataRequest(
            id=new_id(), kind=asked.kind, person_id=person_id, state="open", parts={},
            reason=seal_words(keys, asked.reason), requested_by=actor.id, requested_human=actor.human,
            requested_as="member" if member else "staff",
        )
    )  # fmt: skip
    await session.flush()
    if asked.kind == "export":
        task = await request_task(
            session, actor=actor, kind=EXPORT_OWN if member else EXPORT, keys=keys,
            parameters={"person_id": person_id, "request_id": request.id},
        )  # fmt: skip
        request.begin(actor.id, task_id=task.id)
        begin_export(session, request, keys)
    await _audit(session, actor, f"data_request.{asked.kind}_asked", request)
    await session.flush()
    return read(request, keys)


async def approve(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, request_id: UUID, expected: int
) -> DataRequestRead:
    """Let an erasure be carried out; never by who asked for it, and not while cover or claims need the data."""
    request = await _request(session, actor, request_id)
    if request.state in ("running", "done") and request.decided_by == actor.id and request.version > expected:
        return read(request, await context.keyring.for_tenant(session))  # a second tap
    check_version(request, expected)
    if Eyes.of(actor).are(Eyes(request.requested_by, request.requested_human)):
        raise SamePerson
    privacy = PrivacyRepository.of(session)
    (person,) = await privacy.locked([request.person_id])
    await _require_free(session, person)
    request.begin(actor.id)
    await begin_erasure(session, context=context, request=request, person=person)
    await _audit(session, actor, "data_request.erasure_approved", request)
    await session.flush()
    return read(request, await context.keyring.for_tenant(session))


async def refuse(
    session: AsyncSession, *, actor: Actor, request_id: UUID, expected: int, answer: str, keys: TenantKeys
) -> DataRequestRead:
    """Refuse an erasure with the reason, e.g. what the law asks to be kept."""
    request = await _request(session, actor, request_id)
    same = request.decided_by == actor.id and open_words(keys, request.answer) == answer
    if request.state == "refused" and is_next(request, expected) and same:
        return read(request, keys)
    check_version(request, expected)
    request.refuse(actor.id, seal_words(keys, answer))
    await _audit(session, actor, "data_request.refused", request)
    return read(request, keys)


async def withdraw(
    session: AsyncSession, *, actor: Actor, request_id: UUID, expected: int, keys: TenantKeys
) -> DataRequestRead:
    """Take one's own request back before it is decided."""
    request = await _request(session, actor, request_id)
    if request.requested_by != actor.id:
        raise NotFound
    if request.state == "withdrawn" and is_next(request, expected):
        return read(request, keys)
    check_version(request, expected)
    request.withdraw()
    return read(request, keys)


async def list_own(session: AsyncSession, *, actor: Actor, keys: TenantKeys) -> list[DataRequestRead]:
    """Return the caller's own requests."""
    if actor.person_id is None:
        raise NotFound
    found = await PrivacyRepository.of(session).requests_of(actor.person_id)
    problems = await problems_of(session, (row.task_id for row in found))
    return [read(row, keys, problems) for row in found]


async def list_requests(
    session: AsyncSession, *, actor: Actor, cursor: Cursor, state: str | None, keys: TenantKeys
) -> Page[DataRequestRead]:
    """Return the requests of persons the caller may see, newest first."""
    found = await PrivacyRepository.of(session).data_requests(actor, cursor, state=state)
    problems = await problems_of(session, (row.task_id for row in found))
    return cursor.page(found, lambda row: read(row, keys, problems))


async def take_part(
    session: AsyncSession, *, request_id: UUID, service: str, number: int, of: int, content: str, rows: int
) -> None:
    """Keep a piece of a service's part; when all pieces are there the part is. One that comes too late is dropped."""
    privacy = PrivacyRepository.of(session)
    request = await privacy.find(DataRequest, request_id, lock=True)
    if request is None or request.state != "running" or request.export_key is None:
        return
    await privacy.keep_piece(request_id, service=service, number=number, content=content)
    if len(await privacy.pieces(request_id, service)) == of:
        request.acknowledge(service, rows)


async def acknowledge(session: AsyncSession, *, request_id: UUID, service: str, rows: int) -> None:
    """Note that a service has erased what it held; when all have, the request is done."""
    request = await PrivacyRepository.of(session).find(DataRequest, request_id, lock=True)
    if request is None:
        return
    request.acknowledge(service, rows)
    if rules.is_done(request.parts):
        request.finish()


def read(
    request: DataRequest, keys: TenantKeys, problems: Mapping[UUID, TaskProblem] = MappingProxyType({})
) -> DataRequestRead:
    """Return a request as answers show it; an export whose task was given up has failed."""
    problem = problems.get(request.task_id) if request.task_id and request.state == "running" else None
    awaited = (request.state == "running" and problem is None) or (
        request.kind == "export" and request.state == "done"
    )
    made = {
        "waiting": sorted(rules.SERVICES - set(request.parts)) if awaited else [],
        "problem": problem,
        "state": request.state if problem is None else "failed",
    }
    columns = {name: getattr(request, name) for name in DataRequestRead.model_fields if name not in made}
    words = {name: open_words(keys, columns[name]) for name in ("reason", "answer")}
    return DataRequestRead.model_validate({**columns, **words, **made})


async def _require_free(session: AsyncSession, person: Person) -> None:
    held = await held_by(session, person.id)
    reasons = rules.reasons_to_keep(held, today=today())
    if reasons:
        what = rules.what_to_do(reasons, held)
        raise StillNeeded(reasons=reasons, what_zh=what.zh, what_en=what.en)


async def _request(session: AsyncSession, actor: Actor, request_id: UUID) -> DataRequest:
    privacy = PrivacyRepository.of(session)
    request = await privacy.find(DataRequest, request_id, lock=True)
    if request is None or await privacy.seen(request.person_id, actor) is None:
        raise NotFound
    return request


async def _audit(session: AsyncSession, actor: Actor, action: str, request: DataRequest) -> None:
    await record(
        session, actor_id=actor.id, action=action, subject=f"person:{request.person_id}",
        detail={"request": request.id},
    )  # fmt: skip
