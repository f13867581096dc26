"""Requests and answers about content."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from common.contracts.pack.content import Audience

Kind = Literal["introduction", "faq", "help", "announcement", "sample", "health", "news"]
State = Literal["draft", "scheduled", "published", "withdrawn"]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Body = Annotated[str, Field(max_length=200_000)]
Category = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
KINDS = (
    "introduction 项目介绍，faq 常见问题，help 帮助，announcement 公告，"
    "sample 样张说明，health 健康资讯，news 活动动态"
)


class ArticleText(BaseModel):
    """What an article says. HTML is cleaned: scripts, styles, frames and foreign pictures go; Markdown becomes HTML."""

    model_config = ConfigDict(extra="forbid")
    format: Literal["html", "markdown"] = Field("html", description="正文的写法；保存后都是净化过的 HTML")
    title_zh: Title
    title_en: Title | None = Field(None, description="英文标题，可不填；不填时英文界面显示中文")
    body_zh: Body
    body_en: Body | None = None
    cover_id: UUID | None = Field(None, description="封面图片：POST /pictures 返回的编号")
    note: Annotated[str, StringConstraints(max_length=200)] | None = Field(None, description="修改说明")


class ArticlePlace(BaseModel):
    """Where an article belongs and who reads it."""

    model_config = ConfigDict(extra="forbid")
    category: Category | None = Field(None, description="栏目，自由填写，例如 参保、理赔")
    product: str | None = Field(
        None, max_length=40, description="介绍的项目代码；项目介绍按它归入会费型或公益型"
    )
    audience: Annotated[list[Audience], Field(min_length=1, max_length=4)] = Field(
        default=["public"],
        description="谁能看：public 所有人（未登录也可）、member 会员、handler 单位经办人、staff 工作人员",
    )


class ArticleCreate(ArticleText, ArticlePlace):
    """A new article; it begins as a draft."""

    kind: Kind = Field(description=KINDS)


class ArticleEdit(ArticleText, ArticlePlace):
    """A new text of an article: readers see it once it is published."""


class Publication(BaseModel):
    """When the latest text is shown; without `at` now."""

    model_config = ConfigDict(extra="forbid")
    at: AwareDatetime | None = Field(None, description="定时发布的时间（带时区）；不填或已过去则立即发布")


class Pin(BaseModel):
    """Whether an article stands at the top of its list."""

    model_config = ConfigDict(extra="forbid")
    pinned: bool


class ArticleOrder(BaseModel):
    """The order of a kind's list; what is not named follows by date."""

    model_config = ConfigDict(extra="forbid")
    kind: Kind
    ids: Annotated[list[UUID], Field(max_length=500)]


class Ordered(BaseModel):
    """How many articles have a fixed place now."""

    ordered: int


class PreviewRead(BaseModel):
    """A text as readers will see it."""

    body_zh: str
    body_en: str | None
    excerpt_zh: str
    excerpt_en: str | None


class ContentRead(BaseModel):
    """An article as staff see it: its latest text and where it stands. `version` is the ETag for edits."""

    id: UUID
    version: int
    code: str | None = Field(description="配置包自带内容的代码；工作人员新建的没有")
    kind: Kind
    state: State
    category: str | None
    product: str | None
    audience: list[Audience]
    pinned: bool
    position: int
    revision: int = Field(description="最新修改的序号")
    live_revision: int | None = Field(description="读者现在看到的修改序号")
    live_from: datetime | None = Field(description="发布时间；将来的时间表示定时发布")
    next_from: datetime | None = Field(description="下一次修改的定时发布时间")
    has_unpublished: bool = Field(description="有尚未发布的修改")
    title_zh: str
    title_en: str | None
    body_zh: str
    body_en: str | None
    excerpt_zh: str
    excerpt_en: str | None
    cover_id: UUID | None
    cover: str | None = Field(description="封面图片地址")
    author: str
    created_at: datetime
    updated_at: datetime


class ContentSummary(BaseModel):
    """An entry of the staff's list."""

    id: UUID
    version: int
    code: str | None
    kind: Kind
    state: State
    category: str | None
    audience: list[Audience]
    pinned: bool
    position: int
    has_unpublished: bool
    title_zh: str
    title_en: str | None
    excerpt_zh: str
    live_from: datetime | None
    next_from: datetime | None
    author: str
    updated_at: datetime


class RevisionRead(BaseModel):
    """One text of an article: who wrote it, when, and why."""

    number: int
    title_zh: str
    title_en: str | None
    body_zh: str
    body_en: str | None
    cover_id: UUID | None
    author: str = Field(description="修改人的登录名；pack 表示随配置包而来")
    note: str | None
    created_at: datetime
    shown: bool = Field(description="读者现在看到的就是这一版")


class ArticleSummary(BaseModel):
    """An entry of a reader's list, in the language of the request."""

    id: UUID
    code: str | None
    kind: Kind
    category: str | None
    category_title: str | None = Field(
        description="栏目在所用语言中的名称；工作人员自写的栏目与 category 相同"
    )
    product: str | None
    programme: Literal["contribution", "public_benefit"] | None = Field(
        description="项目介绍：contribution 会费型，public_benefit 公益型"
    )
    title: str
    excerpt: str
    cover: str | None = Field(description="封面图片地址，可直接用于 <img src>")
    pinned: bool
    published_at: datetime


class ArticleRead(ArticleSummary):
    """An article as readers see it. `body` is clean HTML."""

    body: str
    language: Literal["zh", "en"] = Field(description="正文的语言：没有英文时为 zh")
    updated_at: datetime


class CategoryRead(BaseModel):
    """A category and how many articles it has."""

    category: str
    title: str = Field(description="所用语言中的名称")
    articles: int


class CategoryList(BaseModel):
    """The categories of what readers see."""

    items: list[CategoryRead]
