"""Use cases of the interchange: read one resource, search, say what can be done."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from importlib import import_module
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.contracts.pack import TenantPack
from common.crypto import TenantKeys
from common.errors import NotFound
from common.http import Cursor
from common.http.paging import cursor_of
from common.identifiers import mask_name
from common.tenancy import current_pack
from common.text import Text

from ..statistics.listing.service import STATES
from .repository import FhirRepository
from .rules import ClaimFacts, CoverFacts, Insured, Json, Titled, claim, claim_response, coverage
from .searching import PARAMETERS, Search

NAME = "person.name"
VERSION = "4.0.1"
DRAFT = Text("草稿", "draft")


@cache
def _model(kind: str) -> Callable[[Json], Any]:
    module = import_module(f"fhirclient.models.{kind.lower()}")
    found: Callable[[Json], Any] = getattr(module, kind)
    return found


def validated(resource: Json) -> Json:
    """Return a resource as the library of FHIR R4 writes it; a fault in it is a defect of ours and raises."""
    made: Json = _model(resource["resourceType"])(resource).as_json()
    return made


async def read_resource(
    session: AsyncSession, *, actor: Actor, keys: TenantKeys, kind: str, resource_id: UUID
) -> Json:
    """Return one visible resource; NotFound."""
    found, _ = await search(
        session, actor=actor, keys=keys, kind=kind, wanted=Search(Cursor(limit=1), ids=(resource_id,))
    )
    if not found:
        raise NotFound
    return validated(found[0])


async def by_person(
    session: AsyncSession, *, actor: Actor, keys: TenantKeys, wanted: Search
) -> Search | None:
    """Return a search by identity number as one by the person's id; None where nobody has the number."""
    if wanted.id_card is None:
        return wanted
    person_id = await FhirRepository(session, actor.tenant_id).person_with(wanted.id_card, keys)
    return replace(wanted, person_id=person_id, id_card=None) if person_id else None


async def search(
    session: AsyncSession, *, actor: Actor, keys: TenantKeys, kind: str, wanted: Search
) -> tuple[list[Json], str | None]:
    """Return one page of visible resources, not yet validated, and the cursor of the next page."""
    repository = FhirRepository(session, actor.tenant_id)
    pack = await current_pack(session)
    if kind == "Coverage":
        rows = await repository.covers(actor, wanted)
        people, last = [row[0].person_id for row in rows], [row[0].id for row in rows]
    else:
        rows = await repository.claims(actor, wanted, answered=kind == "ClaimResponse")
        people, last = [row[0].person_id for row in rows], [row[0].id for row in rows]
    names = await repository.names(people)
    shown = rows[: wanted.page.limit]
    made = await asyncio.to_thread(_made, kind, shown, pack, keys, names)
    more = len(rows) > wanted.page.limit
    return made, cursor_of(last[wanted.page.limit - 1]) if more else None


def _made(
    kind: str, rows: Sequence[Any], pack: TenantPack, keys: TenantKeys, names: dict[UUID, str]
) -> list[Json]:
    union = Titled(pack.code, pack.tenant.name.zh)

    def person(person_id: UUID) -> Insured:
        sealed = names.get(person_id)
        return Insured(person_id, mask_name(keys.open(sealed, context=NAME)) if sealed else "")

    if kind == "Coverage":
        return [coverage(_cover_facts(row, pack, person), union) for row in rows]
    build = claim if kind == "Claim" else claim_response
    return [build(_claim_facts(row, pack, person), union) for row in rows]


def _cover_facts(row: Any, pack: TenantPack, person: Callable[[UUID], Insured]) -> CoverFacts:
    policy = row[0]
    titles = {product.code: product.title.zh for product in pack.products}
    return CoverFacts(
        id=policy.id,
        number=policy.number,
        person=person(policy.person_id),
        unit_id=policy.unit_id,
        unit_name=row.unit_name or "",
        product=Titled(policy.product_code, titles.get(policy.product_code, policy.product_code)),
        starts_on=policy.starts_on,
        last_day=policy.last_day,
        ends_on=policy.ends_on,
        shares=policy.shares,
    )


def _claim_facts(row: Any, pack: TenantPack, person: Callable[[UUID], Insured]) -> ClaimFacts:
    found = row[0]
    titles = {kind.code: kind.title.zh for kind in pack.claims}
    return ClaimFacts(
        id=found.id,
        number=found.number,
        event=found.event,
        kind=Titled(found.kind, titles.get(found.kind, found.kind)),
        status=found.status,
        status_title=STATES.get(found.status, DRAFT).zh,
        person=person(found.person_id),
        policy_id=found.policy_id,
        made_at=found.created_at,
        submitted_at=found.submitted_at,
        decided_at=found.decided_at,
        first_day=found.admitted_on or found.event_on,
        last_day=found.discharged_on,
        amount=found.amount,
        payout_number=row.payout_number,
        paid_on=row.paid_on,
    )


def capability_statement(base: str, moment: str) -> Json:
    """Return what the interface can do."""
    return validated(
        {
            "resourceType": "CapabilityStatement",
            "status": "active",
            "date": moment,
            "kind": "instance",
            "publisher": "Huzhu 互助",
            "software": {"name": "Huzhu 互助"},
            "implementation": {"description": "职工互助保障：参保与理赔（只读）", "url": base},
            "fhirVersion": VERSION,
            "format": ["application/fhir+json"],
            "rest": [
                {
                    "mode": "server",
                    "security": {
                        "description": "Bearer token of a member or of staff; see the API reference"
                    },
                    "resource": [
                        {
                            "type": kind,
                            "interaction": [{"code": "read"}, {"code": "search-type"}],
                            "searchParam": [
                                {"name": name, "type": _type_of(name)}
                                for name in names
                                if name not in ("_count", "_cursor")
                            ],
                        }
                        for kind, names in PARAMETERS.items()
                    ],
                }
            ],
        }
    )


def _type_of(parameter: str) -> str:
    if parameter in ("patient", "beneficiary", "request"):
        return "reference"
    return "date" if parameter == "created" else "token"
