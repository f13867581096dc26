"""HTTP of the stock."""

import hashlib
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from common.auth import Actor
from common.http import KeysDep, OnceDep, SessionDep, requires

from ..auth import MANAGE
from . import service
from .incoming import PLAIN_TEXT, ReceivedText
from .schemas import ImportRead

router = APIRouter(tags=["stock"])


@router.post("/campaigns/{campaign_id}/codes", openapi_extra=PLAIN_TEXT)
async def import_codes(
    actor: Annotated[Actor, requires(MANAGE)],
    text: ReceivedText,
    session: SessionDep,
    keys: KeysDep,
    campaign_id: UUID,
    once: OnceDep,
) -> ImportRead:
    """导入电子码：纯文本，每行一个；重复的不导入并逐行列出。"""
    bound = once.for_content(hashlib.sha256(text.encode()).digest())
    return await bound.run(
        session,
        caller=str(actor.id),
        answer=ImportRead,
        work=lambda: service.import_codes(
            session, actor=actor, keys=keys, campaign_id=campaign_id, text=text
        ),
    )
