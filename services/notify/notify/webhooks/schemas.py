"""Requests and answers about webhooks."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from .catalogue import CITY_ONLY, WebhookType, fields_of

DeliveryState = Literal["queued", "delivered", "failed", "held"]
Url = Annotated[str, StringConstraints(strip_whitespace=True, min_length=10, max_length=500)]


class EndpointEdit(BaseModel):
    """Where to send what."""

    model_config = ConfigDict(extra="forbid")
    url: Url = Field(description="接收地址，须为公网 https 地址")
    description: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)] = (
        Field(description="名称，例如 人事系统")
    )
    event_types: Annotated[list[str], Field(min_length=1, max_length=50)] = Field(
        description="要接收的事件，见 GET /webhooks/event-types"
    )


class EndpointCreate(EndpointEdit):
    """A new endpoint. A unit's handlers register for their unit; the union's staff for the city platform or a unit."""

    unit_id: UUID | None = Field(None, description="为某单位登记时填写；经办人不用填，总是本单位")


class EndpointRead(BaseModel):
    """An endpoint without its secret. `version` is the ETag for edits."""

    id: UUID
    version: int
    unit_id: UUID | None = Field(description="空表示城市平台，接收全市事件")
    url: str
    description: str
    event_types: list[str]
    state: Literal["active", "paused", "disabled"] = Field(
        description="active 正常，paused 已暂停，disabled 因长期失败已停用"
    )
    reason: str | None = Field(description="停用原因：failing 连续三天失败，gone 对方返回 410")
    failing_since: datetime | None
    old_secret_until: datetime | None = Field(description="旧密钥同时签名到此时")
    created_at: datetime


class EndpointSecret(EndpointRead):
    """An endpoint with its secret, shown this once."""

    secret: str = Field(description="签名密钥，只显示这一次，请妥善保存")


class EventTypeRead(BaseModel):
    """An event that can be subscribed to, and what it tells."""

    type: str
    title: str
    description: str
    fields: list[str] = Field(
        description="data 里的字段；只有编号、数量、日期和金额，没有姓名、证件号等个人信息"
    )
    city_only: list[str] = Field(description="其中只发给城市平台的字段")

    @classmethod
    def of(cls, kind: WebhookType) -> "EventTypeRead":
        """Return a kind of event in the language of the request."""
        fields = list(fields_of(kind))
        return cls(
            type=kind.wire,
            title=kind.title.in_language(),
            description=kind.about.in_language(),
            fields=fields,
            city_only=[name for name in fields if name in CITY_ONLY],
        )


class EventTypeList(BaseModel):
    """The catalogue."""

    items: list[EventTypeRead]


class WebhookDeliveryListed(BaseModel):
    """One event for the endpoint and where it stands."""

    id: UUID
    event_id: UUID = Field(description="即 webhook-id；重试和重发时不变，接收方据此去重")
    type: str
    occurred_at: datetime
    state: DeliveryState = Field(
        description="queued 待发或重试中，delivered 已送达，failed 已放弃，held 端点停用期间保留"
    )
    attempts: int
    next_attempt_at: datetime | None
    delivered_at: datetime | None
    last_status: int | None
    last_failure: str | None


class AttemptRead(BaseModel):
    """One attempt."""

    at: datetime
    status: int | None
    failure: str | None
    ms: int


class WebhookDeliveryRead(WebhookDeliveryListed):
    """A delivery with its body and its attempts."""

    payload: dict[str, Any]
    log: list[AttemptRead] = Field(description="最近 15 次尝试")


class ReplayRange(BaseModel):
    """Which deliveries are sent again."""

    model_config = ConfigDict(extra="forbid")
    since: AwareDatetime = Field(description="事件时间，从（含）")
    until: AwareDatetime | None = Field(None, description="到（不含），不填为现在")
    types: Annotated[list[str], Field(max_length=50)] = Field(
        default=[], description="只重发这些事件，不填为全部"
    )
    states: Annotated[list[DeliveryState], Field(min_length=1)] = Field(
        default=["failed", "held"], description="只重发这些状态的；加上 delivered 则已送达的也重发"
    )


class Resume(BaseModel):
    """Whether what was held meanwhile is delivered now."""

    model_config = ConfigDict(extra="forbid")
    deliver_held: bool = Field(True, description="补发停用或暂停期间保留的事件")


class Replayed(BaseModel):
    """How many deliveries were queued."""

    queued: int
