"""Use cases of making requests: look the member up, ask for a change or a transfer, correct, hand in, withdraw."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor, ActorKind
from common.clock import today
from common.crypto import TenantKeys, seal_words
from common.errors import NotFound, PreconditionFailed
from common.http import ServiceContext, check_version, is_next
from common.identifiers import (
    Fault,
    compact_number,
    document_faults,
    mask_document_number,
    mask_name,
    name_faults,
    plain_document_number,
    plain_name,
)
from common.ids import new_id
from common.tenancy import current_pack

from ...errors import FieldsInvalid
from ...extras import limits
from ...units.repository import UnitRepository
from ..models import Person
from ..repository import MemberRepository
from . import rules
from .errors import (
    DocumentTaken,
    LookupNeedsNumber,
    MemberNotFound,
    NotAMember,
    NothingChanges,
    NotYourMember,
    RequestOpen,
    SameUnit,
)
from .models import MemberRequest, MemberRequestStep
from .reading import read_request
from .repository import RequestRepository
from .schemas import (
    ChangeCreate,
    MemberFound,
    MemberNamed,
    NewFacts,
    ReportedRead,
    RequestNamed,
    RequestPut,
    RequestRead,
    TransferCreate,
)
from .standing import is_own, units_of

LOOKUPS, HOUR = 300, 3600


async def look_up(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, asked: MemberNamed
) -> MemberFound:
    """Return a member of any unit by an exact number, masked, to check before asking for a transfer.

    Counted for each caller, and in the audit log: this is the only look beyond one's own unit.
    """
    await count_lookup(context, actor)
    keys, people = await context.keyring.for_tenant(session), RequestRepository.of(session)
    person = await named(people, asked, keys)
    await record(session, actor_id=actor.id, action="member.looked_up", subject=f"person:{person.id}")
    names = await people.unit_names([person.unit_id] if person.unit_id else [])
    return MemberFound(
        member_number=person.member_number,
        name=mask_name(keys.open(person.name_sealed, context="person.name")),
        document_number=mask_document_number(keys.open(person.document_sealed, context="person.document")),
        state=person.state,
        unit_name=names.get(person.unit_id) if person.unit_id else None,
    )


async def count_lookup(context: ServiceContext, actor: Actor) -> None:
    """Count one exact number that somebody tries; TooManyRequests past what desk work needs."""
    await limits(context).hit(f"member-lookup:{actor.tenant_id}:{actor.id}", most=LOOKUPS, seconds=HOUR)


async def ask_change(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, asked: ChangeCreate
) -> RequestRead:
    """Ask for a change of name or number of a member the caller may see; new until it is handed in."""
    people = RequestRepository.of(session)
    found = await people.seen(asked.person_id, actor)
    if found is None:
        raise NotFound
    (person,) = await people.locked([asked.person_id])
    keys = await context.keyring.for_tenant(session)
    changes = await _changes(people, person, asked, keys)
    return await _make(
        session, actor, context, person, "change", reason=asked.reason, to=None, changes=changes
    )


async def ask_transfer(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, asked: TransferCreate
) -> RequestRead:
    """Ask for a transfer into or out of what the caller works for; new until it is handed in."""
    await count_lookup(context, actor)
    keys, people = await context.keyring.for_tenant(session), RequestRepository.of(session)
    person = await named(people, asked, keys)
    (person,) = await people.locked([person.id])
    handler = actor.kind is ActorKind.HANDLER
    to_unit_id = asked.to_unit_id or (actor.unit_id if handler else None)
    target = await UnitRepository.of(session).approved(to_unit_id) if to_unit_id else None
    if target is None:
        raise NotFound
    if person.unit_id == target.id:
        raise SameUnit
    may_give = await people.seen(person.id, actor) is not None
    may_take = await UnitRepository.of(session).seen(target.id, actor) is not None
    if not (may_give or may_take):
        raise NotYourMember
    return await _make(
        session, actor, context, person, "transfer", reason=asked.reason, to=target.id, changes={}
    )


async def correct_request(
    session: AsyncSession,
    *,
    actor: Actor,
    context: ServiceContext,
    request_id: UUID,
    expected: int,
    asked: RequestPut,
) -> tuple[MemberRequest, RequestRead]:
    """Change a new or returned request of one's own side."""
    people = RequestRepository.of(session)
    request = await own_request(people, actor, request_id, expected)
    request.require_draft()
    keys = await context.keyring.for_tenant(session)
    changes: dict[str, object] = {"reason": seal_words(keys, asked.reason)}
    if request.kind == "change":
        (person,) = await people.locked([request.person_id])
        changes |= await _changes(people, person, asked, keys)
    request.edit(changes)
    return request, await read_request(session, request, actor, keys)


async def hand_in(session: AsyncSession, *, actor: Actor, items: list[RequestNamed]) -> ReportedRead:
    """Hand in exactly the requests named, in the versions that were shown (上报)."""
    people, pack = RequestRepository.of(session), await current_pack(session)
    wanted = {item.id: item.version for item in items}
    found = [r for r in await people.requests(list(wanted), actor) if is_own(actor, r)]
    if len(found) != len(wanted):
        raise NotFound
    for request in found:
        if is_next(request, wanted[request.id]) and _is_handed_in(actor, request):
            continue  # a second tap
        if request.version != wanted[request.id]:
            raise PreconditionFailed
        passing = rules.stations(pack.chains.changes if request.kind == "change" else pack.chains.transfers)
        first = rules.next_station(
            passing, None, units=units_of(request), submitter_unit=request.requested_unit_id
        )
        # A chain of nothing but the submitter's own side still needs somebody: its last node.
        request.submit((first or passing[-1]).code)
        request.requested_by, request.pack_version = actor.id, pack.version
        people.add(_step(request, "submitter", "submitted", actor))
    await record(
        session, actor_id=actor.id, action="member_requests.handed_in", subject="member_requests",
        detail={"requests": sorted(str(request.id) for request in found)},
    )  # fmt: skip
    return ReportedRead(requests=len(found))


async def withdraw(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, request_id: UUID, expected: int
) -> tuple[MemberRequest, RequestRead]:
    """Take a request back before it is decided."""
    people, keys = RequestRepository.of(session), await context.keyring.for_tenant(session)
    known = await people.request(request_id, actor, lock=True)
    if known is not None and is_next(known, expected) and await _was_withdrawn(people, actor, known):
        return known, await read_request(session, known, actor, keys)
    request = await own_request(people, actor, request_id, expected)
    request.withdraw()
    people.add(_step(request, "submitter", "withdrawn", actor))
    return request, await read_request(session, request, actor, keys)


def _is_handed_in(actor: Actor, request: MemberRequest) -> bool:
    return request.state == "in_review" and request.requested_by == actor.id


async def _was_withdrawn(people: RequestRepository, actor: Actor, request: MemberRequest) -> bool:
    last = (await people.steps(request.id))[-1:]
    return request.state == "withdrawn" and any(step.by == actor.id for step in last)


async def own_request(
    people: RequestRepository, actor: Actor, request_id: UUID, expected: int
) -> MemberRequest:
    """Return a request of the caller's own side, locked and as expected; NotFound otherwise."""
    request = await people.request(request_id, actor, lock=True)
    if request is None or not is_own(actor, request):
        raise NotFound
    check_version(request, expected)
    return request


async def named(people: MemberRepository, asked: MemberNamed, keys: TenantKeys) -> Person:
    """Return the member of any unit with an exact number; MemberNotFound, LookupNeedsNumber."""
    if asked.member_number:
        person = await people.of_number(compact_number(asked.member_number))
    elif asked.document_number:
        indexes = keys.blinds("document", plain_document_number(asked.document_number))
        person = next(iter(await people.of_document(indexes)), None)
    else:
        raise LookupNeedsNumber
    if person is None:
        raise MemberNotFound
    return person


async def _changes(
    people: RequestRepository, person: Person, asked: NewFacts, keys: TenantKeys
) -> dict[str, object]:
    """Return the sealed columns of what is to be new; FieldsInvalid, NothingChanges or DocumentTaken."""
    kind = asked.document_kind or person.document_kind
    name = plain_name(asked.name) if asked.name else None
    number = plain_document_number(asked.document_number) if asked.document_number else None
    faults: Mapping[str, list[Fault]] = {
        "name": list(name_faults(name)) if name else [],
        "document_number": document_faults(kind, number, today=today()) if number else [],
    }
    FieldsInvalid.raise_if(faults)
    if name == keys.open(person.name_sealed, context="person.name"):
        name = None
    same_number = number == keys.open(person.document_sealed, context="person.document")
    if same_number and kind == person.document_kind:
        number = None
    if name is None and number is None:
        raise NothingChanges
    if number and [p for p in await people.of_document(keys.blinds("document", number)) if p.id != person.id]:
        raise DocumentTaken
    return {
        "name_sealed": keys.seal(name, context="person.name") if name else None,
        "name_index": keys.blind("name", name) if name else None,
        "document_kind": kind if number else None,
        "document_sealed": keys.seal(number, context="person.document") if number else None,
        "document_index": keys.blind("document", number) if number else None,
    }


async def _make(
    session: AsyncSession,
    actor: Actor,
    context: ServiceContext,
    person: Person,
    kind: rules.Kind,
    *,
    reason: str,
    to: UUID | None,
    changes: Mapping[str, object],
) -> RequestRead:
    if person.state != "confirmed":
        raise NotAMember
    people = RequestRepository.of(session)
    if await people.open_request(person.id, kind) is not None:
        raise RequestOpen
    keys = await context.keyring.for_tenant(session)
    request = people.add(
        MemberRequest(
            id=new_id(), kind=kind, state="new", person_id=person.id, unit_id=person.unit_id, to_unit_id=to,
            reason=seal_words(keys, reason), requested_by=actor.id, pack_version=(await current_pack(session)).version,
            requested_unit_id=actor.unit_id if actor.kind is ActorKind.HANDLER else None, **changes,
        )
    )  # fmt: skip
    await session.flush()
    return await read_request(session, request, actor, keys)


def _step(request: MemberRequest, node: str, outcome: str, actor: Actor) -> MemberRequestStep:
    return MemberRequestStep(
        id=new_id(), request_id=request.id, node=node, outcome=outcome, by=actor.id, human=actor.human
    )
