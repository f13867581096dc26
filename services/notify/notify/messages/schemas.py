"""Answers about messages."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field


class MessageRead(BaseModel):
    """A message as its recipient sees it."""

    id: UUID
    template: str
    channel: str
    title: str
    text: str
    created_at: datetime
    read_at: datetime | None


class UnreadCount(BaseModel):
    """How many messages are unread."""

    unread: int


class DeliveryRead(BaseModel):
    """A message as staff sees it: where it stands, not what it says."""

    id: UUID
    template: str
    channel: str
    audience: str
    mobile: str | None
    state: str
    attempts: int
    failure: str | None
    provider_id: str | None = Field(description="服务商的消息编号")
    next_attempt_at: datetime | None = Field(description="待发消息的下次发送时间")
    created_at: datetime
    sent_at: datetime | None


class ReadAll(BaseModel):
    """How many messages became read."""

    read: int


class DeliveryCount(BaseModel):
    """How many messages of a channel stand in a state."""

    channel: str
    state: str
    messages: int


class DeliveryCounts(BaseModel):
    """Where the messages of the last days stand."""

    since: datetime
    items: list[DeliveryCount]
