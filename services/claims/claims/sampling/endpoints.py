"""HTTP of samples."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response

from common.auth import Actor
from common.http import CursorDep, KeysDep, Page, SessionDep, requires

from ..auth import SAMPLE
from . import service
from .schemas import SampleRead, SampleSum, VerdictWrite

router = APIRouter(tags=["samples"])
SamplerDep = Annotated[Actor, requires(SAMPLE)]


@router.get("/samples")
async def list_samples(
    session: SessionDep,
    actor: SamplerDep,
    keys: KeysDep,
    cursor: CursorDep,
    status: Literal["open", "confirmed", "wrong"] | None = None,
    cause: Literal["random", "risk"] | None = None,
) -> Page[SampleRead]:
    """Return automatic decisions drawn for a later look, with their seed, draw and risk."""
    return await service.list_samples(
        session, actor=actor, cursor=cursor, status=status, cause=cause, keys=keys
    )


@router.get("/samples/summary")
async def sum_up_samples(session: SessionDep, actor: SamplerDep) -> list[SampleSum]:
    """Return what the samples have shown so far, by cause."""
    return await service.sum_up_samples(session, actor=actor)


@router.post("/samples/{sample_id}/verdict")
async def judge_sample(
    session: SessionDep,
    actor: SamplerDep,
    keys: KeysDep,
    response: Response,
    sample_id: UUID,
    request: VerdictWrite,
) -> SampleRead:
    """Say whether the rules decided rightly."""
    sample = await service.judge_sample(session, actor=actor, sample_id=sample_id, request=request, keys=keys)
    response.headers["ETag"] = f'"{sample.version}"'
    return sample
