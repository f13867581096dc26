"""Requests and answers about templates."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Audience = Literal["member", "handler", "staff", "applicant"]
Channel = Literal["sms", "inapp", "wechat"]


class TemplateRead(BaseModel):
    """A template of the pack in force."""

    event: str = Field(description="什么事情发生时发送，例如 claims.payout_completed")
    to: Audience
    channel: Channel
    must_arrive: bool = Field(description="必达：不受个人设置和免打扰时段限制，失败一直重试")
    title_zh: str | None
    title_en: str | None
    text_zh: str
    text_en: str
    variables: list[str] = Field(description="该事件可用的变量")
    providers: list[str] = Field(description="已登记审核模板的短信服务商")


class TemplateList(BaseModel):
    """The templates of the pack in force."""

    pack_version: int
    items: list[TemplateRead]


class PreviewRequest(BaseModel):
    """A template of the pack, or a text that one thinks of, with values of one's own where wanted."""

    model_config = ConfigDict(extra="forbid")
    event: Annotated[str, StringConstraints(max_length=80)]
    to: Audience
    channel: Channel
    language: Literal["zh", "en"] = "zh"
    text: Annotated[str, StringConstraints(min_length=1, max_length=2000)] | None = Field(
        None, description="想试的文字；不填则用配置包里的模板"
    )
    values: dict[str, Annotated[str, StringConstraints(max_length=200)]] = Field(
        default={}, description="变量的值；没有给的用样例值"
    )


class TemplatePreview(BaseModel):
    """The message as it would arrive."""

    text: str
    characters: int
    sms_parts: int | None = Field(description="短信按几条计费")
    values: dict[str, str] = Field(description="实际用到的变量和值")


class TemplateVersion(BaseModel):
    """What a template said from a pack version on."""

    pack_version: int
    effective_from: datetime
    text_zh: str | None = Field(description="空表示这一版没有此模板")
    text_en: str | None


class TemplateHistory(BaseModel):
    """How a template changed, the newest first."""

    items: list[TemplateVersion]
