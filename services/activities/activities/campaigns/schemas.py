"""Requests and answers about campaigns."""

from datetime import date, datetime, time
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from ..audience.rules import Audience, Path
from ..stock.formats import FORMAT_PATTERN

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=80)]
Body = Annotated[str, StringConstraints(strip_whitespace=True, max_length=5000)]
Place = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Hour = Annotated[time, Field(description="北京时间，如 10:00:00")]
CodeFormat = Annotated[str, StringConstraints(pattern=FORMAT_PATTERN, max_length=60)]
Gives = Literal["code", "goods", "nothing"]
State = Literal["draft", "published", "paused", "ended"]
StandingName = Literal["not_begun", "open", "ended"]


class CampaignCreate(BaseModel):
    """A new campaign, or all of an edited one. Days are days in Asia/Shanghai; first and last belong to it."""

    model_config = ConfigDict(extra="forbid")

    title: Title
    body: Body = ""
    place: Place = Field("", description="领取地点（预定领取类活动必填）")
    gives: Gives = Field(
        "code", description="code 发放电子码；goods 先预定后到现场扫码领取；nothing 仅答题，不发放"
    )
    opens_on: date
    opens_time: Hour | None = Field(None, description="开始日的开始时刻（北京时间）；不填为零点")
    closes_on: date
    closes_time: Hour | None = Field(None, description="结束日的结束时刻（北京时间）；不填为当日结束")
    valid_until: date | None = Field(None, description="领取后最晚使用或领取日期；不填为结束日期")
    per_person: Annotated[int, Field(ge=1, le=10, description="每人限领份数")] = 1
    audience: Audience = Field(default_factory=Audience, description="参与条件；不填为全体会员账号")
    org_path: Path | None = Field(None, description="举办机构路径；不填为本人所在机构，/ 为整个工会")
    code_format: CodeFormat = Field(
        "", description="电子码格式：9 数字，A 大写字母，* 数字或大写字母，其他字符照写；不填不限"
    )
    low_stock: Annotated[int, Field(ge=0, le=1_000_000, description="余量低于等于此数时提醒；0 不提醒")] = 0


class CampaignRead(BaseModel):
    """A campaign as staff sees it, with what it has to give."""

    id: UUID
    version: int
    code: str | None = Field(None, description="随工会配置包带来的活动的代码")
    org_path: str
    title: str
    body: str
    place: str
    gives: Gives
    audience: Audience
    opens_on: date
    opens_time: time | None
    closes_on: date
    closes_time: time | None
    opens_at: datetime
    closes_at: datetime
    valid_until: date
    per_person: int
    code_format: str
    low_stock: int
    state: State
    standing: StandingName
    published_at: datetime | None
    ended_at: datetime | None
    has_quiz: bool
    codes: int = Field(description="电子码总数（不含作废）")
    codes_left: int = Field(description="电子码余量")
    capacity: int = Field(0, description="可预定总数")
    booked: int = Field(0, description="已预定数")


class Reason(BaseModel):
    """Why the caller may not join."""

    code: str
    message: str


class CampaignOffer(BaseModel):
    """A campaign as a member sees it."""

    id: UUID
    title: str
    body: str
    place: str
    gives: Gives
    opens_on: date
    closes_on: date
    opens_at: datetime
    closes_at: datetime
    valid_until: date
    per_person: int
    state: State
    standing: StandingName
    received: int = Field(description="本人已领取或已预定的份数")
    available: bool = Field(description="还有可领取的电子码或可预定的名额")
    has_quiz: bool
    may_join: bool = Field(description="本人符合参与条件且活动正在进行")
    reasons: list[Reason] = Field(description="不符合的参与条件，逐条列出")
    quiz_state: Literal["none", "not_begun", "running", "passed", "failed"] = Field(
        "none", description="答题进度：none 无答题，passed 已通过（可直接领取），failed 次数用完"
    )
    attempts_left: int = Field(0, description="剩余答题次数")


class QuizRules(BaseModel):
    """How the quiz goes, without its questions."""

    questions: int = Field(description="每次抽取的题数")
    seconds: int = Field(description="每题默认限时（秒）")
    pass_mark: int = Field(description="答对几题通过")
    attempts: int = Field(description="可答次数")


class CampaignDetail(CampaignOffer):
    """A campaign with the rules of its quiz."""

    quiz: QuizRules | None = None
