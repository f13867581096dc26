"""Requests and answers about rewards."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.opinions import Reason

State = Literal["issued", "collected", "cancelled", "revoked"]


class RewardRead(BaseModel):
    """A reward as its owner sees it."""

    id: UUID
    campaign_id: UUID
    campaign_title: str
    gives: Literal["code", "goods"] = Field(description="code 电子码，goods 到现场领取")
    code: str | None = Field(None, description="电子码；仅本人可见")
    pin: str | None = Field(None, description="卡密，有的电子码才有")
    number: str | None = Field(None, description="预定号")
    place: str = Field("", description="领取地点")
    starts_at: datetime | None = Field(None, description="预约时段开始")
    ends_at: datetime | None = Field(None, description="预约时段结束")
    state: State = Field(
        description="issued 已发放电子码或已预定待领取，collected 已领取，cancelled 已取消，revoked 已收回"
    )
    expired: bool = Field(description="已过最后使用或领取日期")
    created_at: datetime
    valid_until: date
    collected_at: datetime | None
    reason: str | None = Field(None, description="收回原因")


class RewardSealed(RewardRead):
    """The same with code, pin and reason still sealed: what the record of an answered request keeps."""


class CollectionRead(BaseModel):
    """A reward as the counter sees it, without its code."""

    id: UUID
    campaign_id: UUID
    campaign_title: str
    gives: Literal["code", "goods"] = "code"
    number: str | None = None
    name: str = Field("", description="领取人姓名（打码），核对身份用")
    state: State
    created_at: datetime
    collected_at: datetime | None


class RewardManaged(CollectionRead):
    """A reward as the campaign's staff see it."""

    person_id: UUID
    unit_name: str
    code_ending: str | None = Field(None, description="电子码尾号")
    starts_at: datetime | None
    given_back_at: datetime | None
    reason: str | None


class RewardTakenBack(BaseModel):
    """Why a reward is revoked or its code replaced; its person is told."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason = Field(description="原因，会告知本人")
