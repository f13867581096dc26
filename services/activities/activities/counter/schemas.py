"""Requests and answers of the counter."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from ..rewards.schemas import CollectionRead
from .rules import MOST_SCANS, Outcome

Token = Annotated[str, StringConstraints(min_length=20, max_length=2000)]
Device = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class PassRead(BaseModel):
    """What the member's phone shows as a QR code."""

    token: str = Field(description="二维码内容（JWS，Ed25519 签名）")
    number: str | None = Field(description="预定号，无法扫码时口述")
    expires_at: datetime
    seconds: int = Field(description="有效秒数，到期前重新获取")


class PosterRead(BaseModel):
    """What the counter's screen shows for members who scan it themselves."""

    token: str
    campaign_id: UUID
    expires_at: datetime
    seconds: int


class CounterCampaign(BaseModel):
    """A campaign of which something is handed out at the counter."""

    id: UUID
    title: str
    gives: Literal["code", "goods"]
    place: str
    valid_until: date


class ManifestRead(BaseModel):
    """What a counter app keeps to verify passes without network."""

    tenant: str
    keys: list[dict[str, Any]] = Field(description="验签公钥（JWK，OKP/Ed25519），新的在前")
    campaigns: list[CounterCampaign]
    slack_seconds: int = Field(description="核对时间时允许的误差秒数")
    most_age_days: int = Field(description="离线扫码记录最迟几天内上传")
    server_time: datetime


class LookRequest(BaseModel):
    """A pass to be looked at without collecting."""

    model_config = ConfigDict(extra="forbid")

    token: Token


class ScanWrite(BaseModel):
    """One scanned pass."""

    model_config = ConfigDict(extra="forbid")

    scan_id: UUID = Field(description="核销端生成的编号；重发不会重复登记")
    token: Token
    scanned_at: AwareDatetime = Field(description="扫码时刻（核销端时钟）")


class ScansWrite(BaseModel):
    """Passes that were scanned on a device, at once or while there was no network."""

    model_config = ConfigDict(extra="forbid")

    device: Device = Field(description="核销设备名称，如 朝阳服务台1")
    scans: Annotated[list[ScanWrite], Field(min_length=1, max_length=MOST_SCANS)]


class ScanOutcome(BaseModel):
    """What became of a scan."""

    scan_id: UUID
    outcome: Outcome = Field(
        description="collected 已登记领取，repeated 此前已上传，double 重复领取（他处已登记），"
        "expired 领取码或有效期已过，too_early 未到预约日，given_back 已取消或收回，forged 不是本工会的领取码，"
        "unknown 没有这份领取，reused 编号重复，too_late 上传过迟"
    )
    message: str = Field(description="给工作人员看的说明")
    collection: CollectionRead | None = None
    first_collected_at: datetime | None = Field(None, description="重复领取时，首次登记的时刻")
    first_device: str | None = Field(None, description="重复领取时，首次登记的设备")


class ScansTaken(BaseModel):
    """What became of each scan, in the order of the request."""

    items: list[ScanOutcome]


class ScanRead(BaseModel):
    """A scan in the report."""

    id: UUID
    campaign_id: UUID
    campaign_title: str
    reward_id: UUID
    number: str | None
    name: str
    device: str
    account_id: UUID
    outcome: str
    scanned_at: datetime
    created_at: datetime = Field(description="上传时刻")
    first_scan_id: UUID | None


class CollectHere(BaseModel):
    """The counter's picture, scanned by the member."""

    model_config = ConfigDict(extra="forbid")

    token: Token
