"""HTTP of consents."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, status

from common.auth import Actor
from common.http import CursorDep, KeysDep, LinkKeyDep, OnceDep, Page, SessionDep, requires

from .. import auth
from . import service
from .models import OverAgeConsent
from .reading import read_consent, read_consents
from .schemas import ConsentAsk, ConsentGrant, ConsentRead, ConsentRefuse

router = APIRouter(tags=["consents"])
Writer = Annotated[Actor, requires(auth.ORDER_WRITE)]
Reader = Annotated[Actor, requires(auth.ORDER_READ)]
Reviewer = Annotated[Actor, requires(auth.ORDER_REVIEW)]


@router.post("/orders/{order_id}/people/{person_row}/consent", status_code=status.HTTP_201_CREATED)
async def ask_consent(
    session: SessionDep,
    actor: Writer,
    order_id: UUID,
    person_row: UUID,
    body: ConsentAsk,
    once: OnceDep,
    keys: KeysDep,
    key: LinkKeyDep,
) -> ConsentRead:
    """超龄未退休人员：提交延迟退休证明，申请代办处同意。"""

    async def work() -> ConsentRead:
        consent = await service.ask_consent(
            session,
            actor=actor,
            order_id=order_id,
            person_row=person_row,
            body=body,
            keys=keys,
            link_key=key,
        )
        return await read_consent(session, consent, keys)

    return await once.run(session, caller=str(actor.id), answer=ConsentRead, work=work)


@router.get("/consents")
async def list_consents(
    session: SessionDep,
    actor: Reader,
    cursor: CursorDep,
    keys: KeysDep,
    state: Annotated[Literal["asked", "granted", "refused"] | None, Query()] = None,
) -> Page[ConsentRead]:
    """超龄参保申请列表。"""
    rows = await service.list_consents(session, actor=actor, cursor=cursor, state=state)
    shown = await read_consents(session, rows, keys)

    def read(row: OverAgeConsent) -> ConsentRead:
        return shown[row.id]

    return cursor.page(rows, read)


@router.get("/consents/{consent_id}")
async def get_consent(
    session: SessionDep, actor: Reader, consent_id: UUID, keys: KeysDep, key: LinkKeyDep
) -> ConsentRead:
    """一项超龄参保申请，附材料查看链接（短时有效）。"""
    consent = await service.find_consent(session, actor=actor, consent_id=consent_id)
    return await read_consent(session, consent, keys, actor=actor, link_key=key)


@router.post("/consents/{consent_id}/grant")
async def grant_consent(
    session: SessionDep, actor: Reviewer, consent_id: UUID, body: ConsentGrant, once: OnceDep, keys: KeysDep
) -> ConsentRead:
    """代办处同意超龄参保。"""

    async def work() -> ConsentRead:
        consent = await service.decide_consent(
            session, actor=actor, consent_id=consent_id, granted=True, reason=body.opinion, keys=keys
        )
        return await read_consent(session, consent, keys)

    return await once.run(session, caller=str(actor.id), answer=ConsentRead, work=work)


@router.post("/consents/{consent_id}/refuse")
async def refuse_consent(
    session: SessionDep, actor: Reviewer, consent_id: UUID, body: ConsentRefuse, once: OnceDep, keys: KeysDep
) -> ConsentRead:
    """代办处不同意，写明原因。"""

    async def work() -> ConsentRead:
        consent = await service.decide_consent(
            session, actor=actor, consent_id=consent_id, granted=False, reason=body.reason, keys=keys
        )
        return await read_consent(session, consent, keys)

    return await once.run(session, caller=str(actor.id), answer=ConsentRead, work=work)
