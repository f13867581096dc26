"""Requests and answers about quizzes. What a person is shown before the end never holds a right answer."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from .rules import Kind

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=500)]
Option = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Explanation = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]
Seconds = Annotated[int, Field(ge=5, le=600)]
Chosen = Annotated[list[Annotated[int, Field(ge=0, le=19)]], Field(max_length=20)]


class QuestionWrite(BaseModel):
    """A question as staff write it."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind = Field(description="single 单选，multiple 多选，true_false 判断")
    words: Words = Field(description="题干")
    options: Annotated[list[Option], Field(max_length=20)] = Field(
        default_factory=list, description="选项；判断题不填"
    )
    right_options: Annotated[list[int], Field(min_length=1, max_length=20)] = Field(
        description="正确选项的序号，从 0 开始；判断题 0 为正确、1 为错误"
    )
    seconds: Seconds | None = Field(None, description="本题限时（秒）；不填用统一限时")
    explanation: Explanation = Field("", description="解析，答题结束后显示")


class QuizWrite(BaseModel):
    """A quiz as staff write it."""

    model_config = ConfigDict(extra="forbid")

    seconds: Seconds = Field(30, description="每题限时（秒）")
    asked: Annotated[int, Field(ge=1, le=200)] | None = Field(None, description="每次抽取的题数；不填为全部")
    pass_mark: Annotated[int, Field(ge=1, le=200)] = Field(description="答对几题通过")
    attempts: Annotated[int, Field(ge=1, le=20)] = Field(1, description="每人可答次数")
    shuffled: bool = Field(True, description="随机抽题、打乱题目和选项顺序")
    questions: Annotated[list[QuestionWrite], Field(min_length=1, max_length=500)]


class QuizRead(QuizWrite):
    """A quiz as staff see it; `version` is the campaign's."""

    version: int


class AttemptKey(BaseModel):
    """What an entry leaves behind: the attempt, and the page that may answer."""

    attempt_id: UUID
    sitting: UUID


class QuestionShown(BaseModel):
    """The present question; the server keeps its time."""

    position: int = Field(description="第几题，从 0 开始；提交时带上")
    kind: Kind
    words: str
    options: list[str] = Field(description="按显示顺序；提交所选项在此列表中的序号")
    seconds: int
    opened_at: datetime
    deadline: datetime
    seconds_left: float = Field(description="服务器计算的剩余秒数，到 0 时自动提交已选答案")
    chosen: list[int] = Field(description="此前已选（重新进入时恢复）")


class Reviewed(BaseModel):
    """A question after the end. Right answers are shown only to who cannot try again."""

    words: str
    options: list[str]
    chosen: list[int]
    right: bool
    late: bool = Field(description="超时自动提交")
    right_options: list[int] | None = None
    explanation: str | None = None


class AttemptRead(BaseModel):
    """An attempt as its person sees it."""

    id: UUID
    campaign_id: UUID
    number: int = Field(description="第几次答题")
    state: Literal["running", "passed", "failed"]
    questions: int = Field(description="共几题")
    answered: int = Field(description="已提交几题")
    pass_mark: int
    right: int | None = Field(None, description="答对几题；结束后才有")
    attempts_left: int
    sitting: UUID | None = Field(None, description="本页面的答题凭据，提交时带上；在别处重新进入后失效")
    present: QuestionShown | None = Field(None, description="当前题目；只在进入和提交的应答中有")
    review: list[Reviewed] | None = Field(None, description="逐题结果；结束后才有")
    server_time: datetime


class ChoiceWrite(BaseModel):
    """What is chosen so far of the present question."""

    model_config = ConfigDict(extra="forbid")

    sitting: UUID
    position: Annotated[int, Field(ge=0, le=500)]
    chosen: Chosen


class AnswerWrite(ChoiceWrite):
    """The answer to the present question."""
