"""Use cases of files of codes: take one and ask for its import; make codes of one's own."""

import asyncio
import secrets
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.clock import today
from common.crypto import TenantKeys
from common.http import ServiceContext
from common.http.incoming import Incoming
from common.storage.store import object_name
from common.tasks import Task, request_task
from common.tasks.files import TaskFiles

from ...campaigns.models import Campaign
from ...campaigns.service import managed
from ..repository import SealedCode, Stock, StockRepository
from ..service import INDEX
from .tasks import FILE_KEY, IMPORT

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without I, O, 0 and 1, which people confuse."""
GROUPS, GROUP = 3, 4


class CodesMake(BaseModel):
    """How many codes are made by the platform, for rewards that the union itself redeems."""

    model_config = ConfigDict(extra="forbid")

    count: Annotated[int, Field(ge=1, le=20_000, description="生成个数")]


class StockRead(BaseModel):
    """A campaign's stock."""

    codes: int
    codes_left: int


async def check_campaign(session: AsyncSession, *, actor: Actor, campaign_id: UUID) -> None:
    """Refuse before a file is received: the campaign is not within reach or gives no codes."""
    (await managed(session, actor, campaign_id)).check_gives("code")


async def take_file(
    session: AsyncSession,
    *,
    actor: Actor,
    context: ServiceContext,
    campaign_id: UUID,
    file: Incoming,
    keys: TenantKeys,
) -> Task:
    """Keep an uploaded file, sealed, until its import is done; return the task."""
    name = object_name(actor.tenant_id, "code-files", file.id)
    key = await TaskFiles.of(context).write(name, file.path)
    return await request_task(
        session,
        actor=actor,
        kind=IMPORT,
        keys=keys,
        parameters={
            "campaign_id": campaign_id,
            "object_name": name,
            "object_key": keys.seal_bytes(key, context=FILE_KEY),
        },
    )


async def make_codes(
    session: AsyncSession, *, actor: Actor, keys: TenantKeys, campaign_id: UUID, count: int
) -> StockRead:
    """生成电子码: add codes that the platform draws at random."""
    campaign = await managed(session, actor, campaign_id, lock=True)
    campaign.check_gives("code")
    await add_made(session, campaign, keys, count)
    campaign.stock_filled()
    await record(
        session, actor_id=actor.id, action="campaign.codes_made", subject=f"campaign:{campaign_id}",
        detail={"codes": count},
    )  # fmt: skip
    counted = await StockRepository(session, actor.tenant_id).counted([campaign_id], on=today())
    stock = counted.get(campaign_id, Stock())
    return StockRead(codes=stock.codes, codes_left=stock.left)


async def add_made(session: AsyncSession, campaign: Campaign, keys: TenantKeys, count: int) -> None:
    """Draw codes of sixty bits each and add them; one that is there already is drawn again."""
    repository, wanted = StockRepository(session, campaign.tenant_id), count
    while wanted > 0:
        sealed = await asyncio.to_thread(_drawn, keys, wanted)
        wanted -= len(await repository.add_codes(campaign.id, sealed))


def _drawn(keys: TenantKeys, count: int) -> list[SealedCode]:
    codes = ["-".join(_group() for _ in range(GROUPS)) for _ in range(count)]
    return [SealedCode(keys.seal(code, context="code"), keys.blind(INDEX, code)) for code in codes]


def _group() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(GROUP))
