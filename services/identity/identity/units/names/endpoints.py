"""Names of synchronised data that the back office links."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter

from common.auth import Actor
from common.http import ContextDep, CursorDep, IfMatchDep, OnceDep, Page, SessionDep, requires

from ...auth import NAMES_LINK
from . import service
from .schemas import NameDismiss, NameLink, NameRevealed, NamesSync, NamesSynced, SyncedNameRead

router = APIRouter(prefix="/synced-names", tags=["units"])
Linker = Annotated[Actor, requires(NAMES_LINK)]


@router.post("")
async def sync_names(session: SessionDep, actor: Linker, body: NamesSync, once: OnceDep) -> NamesSynced:
    """Match names of synchronised data with units; those that match none are listed."""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=NamesSynced,
        work=lambda: service.sync_names(session, actor=actor, asked=body),
    )


@router.get("")
async def list_names(
    session: SessionDep,
    actor: Linker,
    context: ContextDep,
    cursor: CursorDep,
    kind: Literal["unit", "person"] | None = None,
    state: Literal["open", "linked", "dismissed"] | None = "open",
) -> Page[SyncedNameRead]:
    """Return names that match no unit, or differ from the register."""
    return await service.list_names(
        session, actor=actor, context=context, cursor=cursor, kind=kind, state=state
    )


@router.post("/{name_id}/reveal")
async def reveal_name(session: SessionDep, actor: Linker, name_id: UUID, context: ContextDep) -> NameRevealed:
    """Show a person of the data and the registered one in full; the audit log says who looked."""
    return await service.reveal_name(session, actor=actor, context=context, name_id=name_id)


@router.post("/{name_id}/link")
async def link_name(
    session: SessionDep,
    actor: Linker,
    name_id: UUID,
    body: NameLink,
    context: ContextDep,
    expected: IfMatchDep,
) -> SyncedNameRead:
    """Say which unit is meant; for a person's name or number ask for a change of data."""
    return await service.link_name(
        session, actor=actor, context=context, name_id=name_id, expected=expected, asked=body
    )


@router.post("/{name_id}/dismiss")
async def dismiss_name(
    session: SessionDep,
    actor: Linker,
    name_id: UUID,
    body: NameDismiss,
    context: ContextDep,
    expected: IfMatchDep,
) -> SyncedNameRead:
    """Say that nothing has to be done."""
    return await service.dismiss_name(
        session, actor=actor, context=context, name_id=name_id, expected=expected, note=body.note
    )
