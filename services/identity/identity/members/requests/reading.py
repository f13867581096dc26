"""Requests as answers show them: masked, with the titles of their nodes."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.contracts.pack import TenantPack
from common.crypto import TenantKeys, open_words
from common.errors import NotFound
from common.http import Cursor, Page, ServiceContext
from common.identifiers import mask_document_number, mask_name
from common.tenancy import pack_of_version
from common.text import Text

from ..models import Person
from . import rules
from .models import MemberRequest, MemberRequestStep
from .repository import RequestRepository
from .schemas import RequestListed, RequestRead, RequestStepRead
from .standing import awaits, is_own

SUBMITTER = Text("提交", "Handed in")


async def list_requests(
    session: AsyncSession,
    *,
    actor: Actor,
    context: ServiceContext,
    cursor: Cursor,
    kind: str | None = None,
    state: str | None = None,
) -> Page[RequestListed]:
    """Return the requests that the caller may see, newest first."""
    people, keys = RequestRepository.of(session), await context.keyring.for_tenant(session)
    found = await people.request_page(actor, cursor, kind=kind, state=state)
    members = await people.people([r.person_id for r in found])
    names = await people.unit_names(_unit_ids(found))
    packs = {version: await pack_of_version(session, version) for version in {r.pack_version for r in found}}
    steps = await people.steps_of([r.id for r in found])

    def listed(request: MemberRequest) -> RequestListed:
        pack = packs[request.pack_version]
        shown = _shown(request, members[request.person_id], names, keys, _titles(request, pack))
        return RequestListed.model_validate(shown | _standing(actor, request, pack, steps))

    return cursor.page(found, listed)


async def read(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, request_id: UUID
) -> tuple[MemberRequest, RequestRead]:
    """Return one request with its steps."""
    request = await RequestRepository.of(session).request(request_id, actor)
    if request is None:
        raise NotFound
    keys = await context.keyring.for_tenant(session)
    return request, await read_request(session, request, actor, keys)


async def read_request(
    session: AsyncSession, request: MemberRequest, actor: Actor, keys: TenantKeys
) -> RequestRead:
    """Return a request with its steps."""
    await session.flush()
    people = RequestRepository.of(session)
    person = (await people.people([request.person_id]))[request.person_id]
    names = await people.unit_names(_unit_ids([request]))
    pack, passed = await pack_of_version(session, request.pack_version), await people.steps(request.id)
    titles = _titles(request, pack)
    steps = [
        RequestStepRead(
            node=step.node, title=titles.get(step.node, step.node), outcome=step.outcome, by=step.by,
            opinion=open_words(keys, step.opinion), created_at=step.created_at,
        )
        for step in passed
    ]  # fmt: skip
    shown = _shown(request, person, names, keys, titles)
    return RequestRead.model_validate(
        shown | _standing(actor, request, pack, {request.id: passed}) | {"steps": steps}
    )


def _standing(
    actor: Actor,
    request: MemberRequest,
    pack: TenantPack,
    steps: Mapping[UUID, Sequence[MemberRequestStep]],
) -> dict[str, bool]:
    return {
        "is_own": is_own(actor, request),
        "awaits_caller": awaits(actor, request, pack, steps.get(request.id, ())),
    }


def _titles(request: MemberRequest, pack: TenantPack) -> dict[str, str]:
    chain = pack.chains.changes if request.kind == "change" else pack.chains.transfers
    titles = {station.code: station.title.in_language() for station in rules.stations(chain)}
    return {"submitter": SUBMITTER.in_language(), **titles}


def _unit_ids(requests: Sequence[MemberRequest]) -> list[UUID]:
    return [unit_id for r in requests for unit_id in (r.unit_id, r.to_unit_id) if unit_id is not None]


def _shown(
    request: MemberRequest,
    person: Person,
    names: Mapping[UUID, str],
    keys: TenantKeys,
    titles: Mapping[str, str],
) -> dict[str, object]:
    def name(token: str) -> str:
        return mask_name(keys.open(token, context="person.name"))

    def number(token: str) -> str:
        return mask_document_number(keys.open(token, context="person.document"))

    return {
        **{field: getattr(request, field) for field in RequestListed.model_fields if hasattr(request, field)},
        "reason": open_words(keys, request.reason),
        "answer": open_words(keys, request.answer),
        "member_number": person.member_number,
        "name": name(person.name_sealed),
        "document_number": number(person.document_sealed),
        "new_name": name(request.name_sealed) if request.name_sealed else None,
        "new_document_number": number(request.document_sealed) if request.document_sealed else None,
        "unit_name": names.get(request.unit_id) if request.unit_id else None,
        "to_unit_name": names.get(request.to_unit_id) if request.to_unit_id else None,
        "node_title": titles.get(request.node) if request.node else None,
    }
