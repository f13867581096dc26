"""HTTP of quizzes: staff write them, members take them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response, status

from common.auth import Actor
from common.http import IfMatchDep, KeysDep, OnceDep, SessionDep, requires
from common.http.edits import set_etag

from ..auth import JOIN, MANAGE
from . import service, writing
from .schemas import AnswerWrite, AttemptKey, AttemptRead, ChoiceWrite, QuizRead, QuizWrite

router = APIRouter(tags=["quizzes"])
Participant = Annotated[Actor, requires(JOIN)]
Manager = Annotated[Actor, requires(MANAGE)]


@router.get("/campaigns/{campaign_id}/quiz")
async def read_quiz(session: SessionDep, actor: Manager, campaign_id: UUID, response: Response) -> QuizRead:
    """答题设置和题目（含正确答案，仅管理人员）；version 为活动的版本号。"""
    quiz = await writing.read_quiz(session, actor=actor, campaign_id=campaign_id)
    response.headers["ETag"] = f'"{quiz.version}"'
    return quiz


@router.put("/campaigns/{campaign_id}/quiz")
async def write_quiz(
    session: SessionDep,
    actor: Manager,
    campaign_id: UUID,
    body: QuizWrite,
    version: IfMatchDep,
    response: Response,
) -> QuizRead:
    """设置答题（整体替换）：只在活动为草稿时可改；If-Match 为活动的版本号。"""
    campaign = await writing.write_quiz(
        session, actor=actor, campaign_id=campaign_id, body=body, version=version
    )
    await session.flush()
    set_etag(response, campaign)
    return await writing.read_quiz(session, actor=actor, campaign_id=campaign_id)


@router.delete("/campaigns/{campaign_id}/quiz", status_code=status.HTTP_204_NO_CONTENT)
async def remove_quiz(session: SessionDep, actor: Manager, campaign_id: UUID, version: IfMatchDep) -> None:
    """取消答题：只在活动为草稿时。"""
    await writing.remove_quiz(session, actor=actor, campaign_id=campaign_id, version=version)


@router.post("/campaigns/{campaign_id}/attempts")
async def enter_quiz(
    session: SessionDep, actor: Participant, keys: KeysDep, campaign_id: UUID, once: OnceDep
) -> AttemptRead:
    """进入答题：开始新的一次，或继续未完成的一次（刷新、换手机都可继续，之前的页面不能再提交）。

    每题由服务器计时；超时的题按已选答案自动提交，未选算错。已通过的不再作答（quiz.already_passed）。
    """
    key = await once.run(
        session,
        caller=str(actor.id),
        answer=AttemptKey,
        work=lambda: service.enter_quiz(session, actor=actor, campaign_id=campaign_id, keys=keys),
    )
    return await service.show_attempt(session, actor=actor, attempt_id=key.attempt_id, sitting=key.sitting)


@router.get("/attempts/{attempt_id}")
async def read_attempt(session: SessionDep, actor: Participant, attempt_id: UUID) -> AttemptRead:
    """一次答题的进度或结果；当前题目只在进入和提交的应答中给出。"""
    return await service.show_attempt(session, actor=actor, attempt_id=attempt_id)


@router.put("/attempts/{attempt_id}/choice", status_code=status.HTTP_204_NO_CONTENT)
async def choose(session: SessionDep, actor: Participant, attempt_id: UUID, body: ChoiceWrite) -> None:
    """暂存当前题所选（每次点选时调用）：超时后按最后一次暂存的计。"""
    await service.choose(session, actor=actor, attempt_id=attempt_id, body=body)


@router.post("/attempts/{attempt_id}/answers")
async def answer_question(
    session: SessionDep, actor: Participant, attempt_id: UUID, body: AnswerWrite, once: OnceDep
) -> AttemptRead:
    """提交当前题并得到下一题；最后一题提交后得到结果。重复、超时、另一页面的提交会被拒绝并说明。"""
    key = await once.run(
        session,
        caller=str(actor.id),
        answer=AttemptKey,
        work=lambda: service.answer_question(session, actor=actor, attempt_id=attempt_id, body=body),
    )
    return await service.show_attempt(session, actor=actor, attempt_id=key.attempt_id, sitting=key.sitting)
