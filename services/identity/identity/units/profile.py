"""Use cases of a unit's own profile (row C.02): the commitment letter, handing in, looking."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.auth.scope import reaches
from common.clock import now
from common.contracts.pack import TenantPack
from common.crypto import TenantKeys
from common.errors import NotFound, PreconditionFailed
from common.http import ServiceContext, check_version, is_next
from common.identifiers import plain_name, plain_number
from common.tenancy import current_pack

from ..errors import FieldsInvalid
from ..tenants.models import OrgNode
from ..tenants.repository import TenantsRepository
from ..tenants.rules import ROOT_CODE
from . import papers, rules
from .errors import OrgNodeOutOfReach, OrgNodeUnknown
from .facts import read_unit
from .models import Profile, Unit, UnitDocument
from .repository import UnitRepository
from .schemas import CommitmentRead, UnitProfilePut, UnitRead


async def open_commitment(session: AsyncSession, *, actor: Actor, context: ServiceContext) -> CommitmentRead:
    """Return the commitment letter and the proof that it was opened now; NotFound where the union has none."""
    commitment = (await current_pack(session)).registration.commitment
    if commitment is None:
        raise NotFound
    opening, opened_at = papers.note_opening(commitment, actor=actor, key=context.link_key)
    return CommitmentRead(
        version=commitment.version,
        title=commitment.title.text().in_language(),
        text=commitment.text.text().in_language(),
        read_seconds=commitment.read_seconds,
        opened_at=opened_at,
        commitment_opening_id=opening,
    )


async def submit_profile(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, asked: UnitProfilePut, expected: int
) -> tuple[Unit, UnitRead]:
    """Hand the unit's profile in for review; again until it is approved."""
    units = UnitRepository.of(session)
    unit = await units.find(Unit, actor.unit_id, lock=True) if actor.unit_id else None
    if unit is None:
        raise NotFound
    unit.require_editable_by_unit()
    if not is_next(unit, expected):
        check_version(unit, expected)
    pack = await current_pack(session)
    _check_fields(asked, pack)
    node = await find_node(session, pack, asked.org_node)
    documents = papers.open_documents(
        asked.documents, unit_id=unit.id, actor=actor, pack=pack, key=context.link_key
    )
    opened_at = _opened_at(asked, pack, actor=actor, context=context)
    keys = await context.keyring.for_tenant(session)
    handed_in, known = _profile(asked, pack, node, keys, opened_at), await units.documents(unit.id)
    if is_next(unit, expected):
        if _is_same(unit, handed_in, keys) and _papers(known) == _papers(documents):
            return unit, read_unit(unit, known, keys)
        raise PreconditionFailed
    unit.submit(handed_in)
    await units.replace_documents(unit.id, documents, at=now())
    return unit, read_unit(unit, documents, keys)


async def read_own_unit(
    session: AsyncSession, *, actor: Actor, context: ServiceContext
) -> tuple[Unit, UnitRead]:
    """Return the handler's unit with its three steps."""
    units = UnitRepository.of(session)
    unit = await units.find(Unit, actor.unit_id) if actor.unit_id else None
    if unit is None:
        raise NotFound
    keys = await context.keyring.for_tenant(session)
    return unit, read_unit(unit, await units.documents(unit.id), keys)


async def find_node(session: AsyncSession, pack: TenantPack, code: str | None) -> OrgNode:
    """Return the branch a unit belongs to; the union itself where it has no branches."""
    if not pack.organisation.branches:
        code = ROOT_CODE
    node = await TenantsRepository.of(session).node(code) if code else None
    if node is None or (node.code == ROOT_CODE and pack.organisation.branches):
        raise OrgNodeUnknown
    return node


def require_reached(actor: Actor, node: OrgNode) -> None:
    """OrgNodeOutOfReach unless the branch lies within the caller's part of the organisation."""
    if not reaches(actor, node.path):
        raise OrgNodeOutOfReach(name_zh=node.name_zh, name_en=node.name_en)


def _check_fields(asked: UnitProfilePut, pack: TenantPack) -> None:
    FieldsInvalid.raise_if(
        rules.profile_faults(
            medical_code=plain_number(asked.medical_code) if asked.medical_code else None,
            lengths=pack.registration.insurance_code_lengths,
            handler_name=plain_name(asked.handler_name),
            handler_id_number=_number(asked),
        )
    )


def _opened_at(
    asked: UnitProfilePut, pack: TenantPack, *, actor: Actor, context: ServiceContext
) -> datetime | None:
    commitment = pack.registration.commitment
    if commitment is None:
        return None
    return papers.check_opening(asked.commitment_opening_id, commitment, actor=actor, key=context.link_key)


def _profile(
    asked: UnitProfilePut, pack: TenantPack, node: OrgNode, keys: TenantKeys, opened_at: datetime | None
) -> Profile:
    number = _number(asked)
    commitment = pack.registration.commitment
    return Profile(
        org_node_id=node.id,
        org_path=node.path,
        medical_code=plain_number(asked.medical_code) if asked.medical_code else None,
        handler_name_sealed=keys.seal(plain_name(asked.handler_name), context="person.name"),
        handler_document_sealed=keys.seal(number, context="person.document"),
        handler_document_index=keys.blind("document", number),
        commitment_number=commitment.version if commitment else None,
        commitment_opened_at=opened_at,
        pack_version=pack.version,
    )


def _is_same(unit: Unit, profile: Profile, keys: TenantKeys) -> bool:
    """Whether the unit has handed in just this and nobody has decided: the second tap of one press."""
    if unit.status != "under_review" or unit.handler_name_sealed is None:
        return False
    name = keys.open(unit.handler_name_sealed, context="person.name")
    return (
        unit.handler_document_index == profile.handler_document_index
        and name == keys.open(profile.handler_name_sealed, context="person.name")
        and (unit.org_node_id, unit.medical_code) == (profile.org_node_id, profile.medical_code)
        and unit.commitment_opened_at == profile.commitment_opened_at
    )


def _papers(documents: Sequence[UnitDocument]) -> set[tuple[str, UUID]]:
    return {(document.code, document.document_id) for document in documents}


def _number(asked: UnitProfilePut) -> str:
    """Return the ID number as it was meant; a small x is what telephones type."""
    return plain_number(asked.handler_id_number).upper()
