"""Snapshots: facts sent again for services that rebuild their copies."""

from typing import Annotated

from fastapi import APIRouter

from common.auth import Actor
from common.http import OnceDep, SessionDep, requires

from ..auth import EVENTS_REPLAY
from ..tenants.access import NamedTenantDep
from . import service
from .schemas import SnapshotCreate, SnapshotRead

router = APIRouter(tags=["snapshots"])
Replayer = Annotated[Actor, requires(EVENTS_REPLAY)]


@router.post("/snapshots", status_code=202)
async def request_snapshot(
    session: SessionDep, actor: Replayer, body: SnapshotCreate, once: OnceDep
) -> SnapshotRead:
    """Send all facts of one sort of the caller's tenant again."""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=SnapshotRead,
        work=lambda: service.request_snapshot(session, actor=actor, fact=body.fact),
    )


@router.post("/tenants/{code}/snapshots", status_code=202)
async def request_snapshot_of_tenant(
    code: str, session: NamedTenantDep, actor: Replayer, body: SnapshotCreate, once: OnceDep
) -> SnapshotRead:
    """Send all facts of one sort of a tenant again, for operators of the platform."""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=SnapshotRead,
        work=lambda: service.request_snapshot(session, actor=actor, fact=body.fact),
    )
