"""Use cases of the back office on units: list, read, decide, amend."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.contracts.identity import UnitApproved, UnitReturned, UnitsSnapshot
from common.crypto import open_words, seal_words
from common.errors import NotFound
from common.events import emit
from common.http import Cursor, Page, ServiceContext, check_version, is_next
from common.identifiers import Fault, name_faults, plain_full_name, plain_name, plain_number
from common.ids import new_id
from common.tenancy import current_pack

from ..errors import FieldsInvalid
from . import rules
from .facts import fact_of, list_unit, read_unit
from .models import Unit
from .profile import find_node, require_reached
from .repository import UnitRepository
from .schemas import UnitHandlerRevealed, UnitListed, UnitPatch, UnitRead


async def list_units(
    session: AsyncSession,
    *,
    actor: Actor,
    cursor: Cursor,
    status: str | None = None,
    credit_code: str | None = None,
    name: str | None = None,
) -> Page[UnitListed]:
    """Return the units the caller may see, newest first."""
    found = await UnitRepository.of(session).page(
        actor,
        cursor=cursor,
        status=status,
        credit_code=credit_code,
        name=plain_full_name(name) if name else None,
    )
    return cursor.page(found, list_unit)


async def read(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, unit_id: UUID
) -> tuple[Unit, UnitRead]:
    """Return one unit."""
    unit = await _seen(session, actor, unit_id)
    return unit, await _read(session, actor, context, unit)


async def reveal_handler(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, unit_id: UUID
) -> UnitHandlerRevealed:
    """Return the handler's name and ID number whole, for whoever compares them with the papers; into the audit log."""
    unit = await _seen(session, actor, unit_id)
    keys = await context.keyring.for_tenant(session)
    name, number = unit.handler_name_sealed, unit.handler_document_sealed
    await _audit(session, actor, "unit.revealed", unit)
    return UnitHandlerRevealed(
        handler_name=keys.open(name, context="person.name") if name else None,
        handler_id_number=keys.open(number, context="person.document") if number else None,
    )


async def approve_unit(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, unit_id: UUID, expected: int
) -> tuple[Unit, UnitRead]:
    """Approve the profile the caller has seen: the unit may enrol people."""
    unit = await _seen(session, actor, unit_id, lock=True)
    if is_next(unit, expected) and unit.was_decided(actor.id, "approved"):
        return unit, await _read(session, actor, context, unit)
    check_version(unit, expected)
    unit.approve(actor.id)
    emit(session, UnitApproved(unit=fact_of(unit)))
    await _audit(session, actor, "unit.approved", unit)
    return unit, await _read(session, actor, context, unit)


async def return_unit(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, unit_id: UUID, expected: int, reason: str
) -> tuple[Unit, UnitRead]:
    """Give the profile back to the unit with a reason."""
    unit = await _seen(session, actor, unit_id, lock=True)
    keys = await context.keyring.for_tenant(session)
    same = unit.was_decided(actor.id, "returned") and open_words(keys, unit.returned_reason) == reason
    if is_next(unit, expected) and same:
        return unit, await _read(session, actor, context, unit)
    check_version(unit, expected)
    unit.return_for_correction(actor.id, seal_words(keys, reason))
    emit(session, UnitReturned(unit=fact_of(unit), reason=keys.sealed_words(reason)))
    await _audit(session, actor, "unit.returned", unit)
    return unit, await _read(session, actor, context, unit)


async def amend_unit(
    session: AsyncSession,
    *,
    actor: Actor,
    context: ServiceContext,
    unit_id: UUID,
    expected: int,
    asked: UnitPatch,
) -> tuple[Unit, UnitRead]:
    """Change a unit's profile on its behalf; the only way once it is approved."""
    unit = await _seen(session, actor, unit_id, lock=True)
    check_version(unit, expected)
    changes = await _changes(session, actor, context, asked)
    if changes:
        unit.amend(changes)
        emit(session, UnitsSnapshot(snapshot_id=new_id(), units=[fact_of(unit)]))
        await _audit(session, actor, "unit.amended", unit, fields=sorted(changes))
    return unit, await _read(session, actor, context, unit)


async def _changes(
    session: AsyncSession, actor: Actor, context: ServiceContext, asked: UnitPatch
) -> dict[str, object]:
    """Return the columns that a patch changes; FieldsInvalid names every wrong value."""
    pack = await current_pack(session)
    given = asked.model_dump(exclude_unset=True, exclude_none=True)
    name, handler = plain_full_name(given.get("name") or ""), plain_name(given.get("handler_name") or "")
    medical_code = plain_number(given.get("medical_code") or "")
    lengths = pack.registration.insurance_code_lengths
    faults: dict[str, list[Fault]] = {
        "name": rules.unit_name_faults(name),
        "medical_code": rules.medical_code_faults(medical_code, lengths),
        "handler_name": list(name_faults(handler)),
    }
    FieldsInvalid.raise_if({field: found for field, found in faults.items() if field in given})
    changes: dict[str, object] = {}
    if "name" in given:
        changes["name"] = name
    if "medical_code" in given:
        changes["medical_code"] = medical_code
    if "handler_name" in given:
        keys = await context.keyring.for_tenant(session)
        changes["handler_name_sealed"] = keys.seal(handler, context="person.name")
    if "org_node" in given:
        node = await find_node(session, pack, given["org_node"])
        require_reached(actor, node)
        changes |= {"org_node_id": node.id, "org_path": node.path}
    return changes


async def _seen(session: AsyncSession, actor: Actor, unit_id: UUID, *, lock: bool = False) -> Unit:
    unit = await UnitRepository.of(session).seen(unit_id, actor, lock=lock)
    if unit is None:
        raise NotFound
    return unit


async def _read(session: AsyncSession, actor: Actor, context: ServiceContext, unit: Unit) -> UnitRead:
    keys, repository = await context.keyring.for_tenant(session), UnitRepository.of(session)
    shown = read_unit(unit, await repository.documents(unit.id), keys)
    return shown.model_copy(update={"same_name": await repository.same_name(unit, actor)})


async def _audit(
    session: AsyncSession, actor: Actor, action: str, unit: Unit, *, fields: list[str] | None = None
) -> None:
    detail: dict[str, object] = {"version": unit.version} | ({"fields": fields} if fields else {})
    await record(session, actor_id=actor.id, action=action, subject=f"unit:{unit.id}", detail=detail)
