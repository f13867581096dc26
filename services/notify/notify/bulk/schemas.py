"""Requests and answers about bulk messages."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from common.http import refused
from common.tasks import TaskProblem

Channel = Literal["inapp", "sms"]


class AudienceRule(BaseModel):
    """Who is told: all members or handlers, narrowed by branch, unit, and cover by a product today."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["member", "handler"] = Field(description="member 会员，handler 单位经办人")
    branch: Annotated[str, StringConstraints(pattern=r"^/(?:[a-z0-9_-]+/)+$", max_length=200)] | None = Field(
        None, description="区局或代办处的路径，例如 /binhu/；含下级"
    )
    units: Annotated[list[UUID], Field(min_length=1, max_length=500)] | None = Field(
        None, description="单位编号"
    )
    covered_by: Annotated[list[str], Field(min_length=1, max_length=20)] | None = Field(
        None, description="今天在保的项目代码（任一），只用于会员"
    )

    @model_validator(mode="after")
    def _coherent(self) -> "AudienceRule":
        if self.kind == "handler" and self.covered_by is not None:
            raise refused(
                "covered_by 只用于会员，请去掉或改为会员。", "covered_by is for members only; leave it out."
            )
        return self


class BulkContent(BaseModel):
    """What is told to whom on which channels; the parameters of the proposal, and what runs when it is approved."""

    model_config = ConfigDict(extra="forbid")
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)] = Field(
        description="可用变量：{name} 姓名、{unit_name} 单位、{tenant_name} 工会、{hotline} 电话；短信签名自动加在前面"
    )
    title_en: (
        Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)] | None
    ) = Field(None, description="英文标题，可不填；须与英文内容一起填写")
    text_en: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=800)] | None = (
        Field(None, description="英文内容，可不填；填写后选择英文的人收到英文，其余人收到中文")
    )
    channels: Annotated[list[Channel], Field(min_length=1, max_length=2)]
    audience: AudienceRule

    @model_validator(mode="after")
    def _english_whole(self) -> "BulkContent":
        if (self.title_en is None) != (self.text_en is None):
            raise refused(
                "英文标题和英文内容请一起填写，或都不填。",
                "Give title and text in English together, or neither.",
            )
        return self


class Estimate(BaseModel):
    """Whom a bulk message would reach, and what it costs."""

    recipients: int = Field(description="符合条件的人数（或单位数）")
    by_sms: int = Field(description="其中将收到短信的：有手机号且没有关闭服务通知")
    silenced: int = Field(description="因本人关闭服务通知而不发短信的")
    without_mobile: int = Field(description="没有手机号的")
    sms_parts: int = Field(description="每条短信按几条计费（以样例姓名计算）")
    cost: Decimal = Field(description="预计短信费用（元）")
    sample: str = Field(description="样例")


class BulkStarted(BaseModel):
    """A bulk message that began."""

    bulk_id: UUID
    task_id: UUID
    recipients: int


class BulkRead(BaseModel):
    """A bulk message and how far it is. Progress of the making stands at `GET /tasks/{task_id}`."""

    id: UUID
    version: int
    title: str
    text: str
    title_en: str | None
    text_en: str | None
    channels: list[Channel]
    audience: AudienceRule
    state: Literal["sending", "sent", "stopped", "failed"] = Field(
        description="sending 发送中，sent 已全部生成，stopped 已停止，failed 生成中断，其余的人没有告知"
    )
    problem: TaskProblem | None = Field(None, description="生成中断的原因和办法")
    proposed_by: UUID
    approved_by: UUID
    task_id: UUID
    estimated: int
    told: int = Field(description="已生成消息的人数")
    created_at: datetime
    finished_at: datetime | None


class BulkDetail(BulkRead):
    """A bulk message with the state of its messages."""

    queued: int = Field(description="待发的消息数")
    sent: int = Field(description="已发出的消息数")
    failed: int = Field(description="失败或停止后未发的消息数")
