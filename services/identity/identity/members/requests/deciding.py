"""Use cases of deciding requests; what is approved takes effect in the same transaction."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor, ActorKind, Eyes
from common.contracts.identity import MemberChanged, MemberTransferred
from common.contracts.pack import TenantPack
from common.crypto import TenantKeys, open_words, seal_words
from common.errors import NotFound
from common.events import emit
from common.http import ServiceContext, check_version, is_next
from common.ids import new_id
from common.tenancy import pack_of_version

from ..facts import fact_of
from . import rules
from .errors import DocumentTaken, MemberMoved, NotYourNode, OutcomeNotOffered, RequestNotInReview, SamePerson
from .models import MemberRequest, MemberRequestStep
from .reading import read_request
from .repository import RequestRepository
from .schemas import RequestDecision, RequestRead, RequestRevealed
from .standing import passing_of, units_of


async def decide(
    session: AsyncSession,
    *,
    actor: Actor,
    context: ServiceContext,
    request_id: UUID,
    expected: int,
    asked: RequestDecision,
) -> tuple[MemberRequest, RequestRead]:
    """Approve, return or reject at the node where the request waits; the last approval changes the register."""
    people = RequestRepository.of(session)
    request = await people.request(request_id, actor, lock=True)
    if request is None:
        raise NotFound
    keys = await context.keyring.for_tenant(session)
    if is_next(request, expected) and await _is_repeat(people, request, asked, actor, keys):
        return request, await read_request(session, request, actor, keys)
    check_version(request, expected)
    pack = await pack_of_version(session, request.pack_version)
    passing = passing_of(request, pack)
    station = await _station(people, request, passing, actor, pack)
    if (asked.outcome == "returned" and not station.may_return) or (
        asked.outcome == "rejected" and not station.may_reject
    ):
        raise OutcomeNotOffered
    opinion = seal_words(keys, asked.opinion) if asked.opinion else None
    people.add(
        MemberRequestStep(
            id=new_id(), request_id=request.id, node=station.code, outcome=asked.outcome, by=actor.id,
            human=actor.human, opinion=opinion,
        )
    )  # fmt: skip
    following = rules.next_station(
        passing, station.code, units=units_of(request), submitter_unit=request.requested_unit_id
    )
    if asked.outcome == "approved" and following is not None:
        request.pass_on(following.code)
    else:
        request.settle(asked.outcome, opinion)
    if request.state == "approved":
        await _apply(session, people, request, actor, keys)
    await record(
        session, actor_id=actor.id, action=f"member_request.{asked.outcome}", subject=f"member_request:{request.id}",
        detail={"node": station.code},
    )  # fmt: skip
    return request, await read_request(session, request, actor, keys)


async def reveal(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, request_id: UUID
) -> RequestRevealed:
    """Return the names and numbers of a request in full to who decides on it now: nobody approves what they can't read.

    RequestNotInReview, NotYourNode, SamePerson as a decision would be; the audit log says who looked.
    """
    people = RequestRepository.of(session)
    request = await people.request(request_id, actor)
    if request is None:
        raise NotFound
    pack = await pack_of_version(session, request.pack_version)
    station = await _station(people, request, passing_of(request, pack), actor, pack)
    keys = await context.keyring.for_tenant(session)
    person = (await people.people([request.person_id]))[request.person_id]
    await record(
        session, actor_id=actor.id, action="member_request.revealed", subject=f"member_request:{request.id}",
        detail={"node": station.code},
    )  # fmt: skip

    def opened(token: str | None, name: str) -> str | None:
        return keys.open(token, context=f"person.{name}") if token else None

    return RequestRevealed(
        id=request.id,
        name=keys.open(person.name_sealed, context="person.name"),
        document_number=keys.open(person.document_sealed, context="person.document"),
        new_name=opened(request.name_sealed, "name"),
        new_document_number=opened(request.document_sealed, "document"),
    )


async def _is_repeat(
    people: RequestRepository,
    request: MemberRequest,
    asked: RequestDecision,
    actor: Actor,
    keys: TenantKeys,
) -> bool:
    """Whether the last step was this very decision of the caller's."""
    last = (await people.steps(request.id))[-1:]
    return any(
        step.by == actor.id
        and step.outcome == asked.outcome
        and (open_words(keys, step.opinion) or None) == (asked.opinion or None)
        for step in last
    )


async def _station(
    people: RequestRepository,
    request: MemberRequest,
    passing: list[rules.Station],
    actor: Actor,
    pack: TenantPack,
) -> rules.Station:
    """Return the node where the request waits, if the caller decides there."""
    station = rules.station_of(passing, request.node)
    if request.state != "in_review" or station is None:
        raise RequestNotInReview
    unit_id = actor.unit_id if actor.kind is ActorKind.HANDLER else None
    if not rules.may_decide(station, roles=actor.roles, unit_id=unit_id, units=units_of(request)):
        node, whose = station.title, rules.whose(station, roles={r.code: r.title.text() for r in pack.roles})
        raise NotYourNode(node_zh=node.zh, node_en=node.en, whose_zh=whose.zh, whose_en=whose.en)
    handled = [(step.node, Eyes(step.by, step.human)) for step in await people.steps(request.id)]
    if rules.is_same_eyes(station, caller=Eyes.of(actor), handled=handled):
        raise SamePerson
    return station


async def _apply(
    session: AsyncSession,
    people: RequestRepository,
    request: MemberRequest,
    actor: Actor,
    keys: TenantKeys,
) -> None:
    """Let the register follow, with history and event."""
    (person,) = await people.locked([request.person_id])
    if person.state != "confirmed" or (request.kind == "transfer" and person.unit_id != request.unit_id):
        raise MemberMoved
    if request.kind == "transfer" and request.to_unit_id is not None:
        person.change({"unit_id": request.to_unit_id})
        people.remember([person], reason="transferred", by=actor.id, note=request.reason)
        await session.flush()
        emit(
            session,
            MemberTransferred(
                member=fact_of(person), from_unit_id=request.unit_id, to_unit_id=request.to_unit_id
            ),
        )
        return
    if request.document_sealed is not None:
        number = keys.open(request.document_sealed, context="person.document")
        if [p for p in await people.of_document(keys.blinds("document", number)) if p.id != person.id]:
            raise DocumentTaken
    names = ("name_sealed", "name_index", "document_kind", "document_sealed", "document_index")
    new = {name: value for name in names if (value := getattr(request, name)) is not None}
    person.change(new)
    people.remember([person], reason="changed", by=actor.id, note=request.reason)
    await session.flush()
    emit(session, MemberChanged(member=fact_of(person)))
