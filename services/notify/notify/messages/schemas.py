"""Answers about messages."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel


class MessageRead(BaseModel):
    """A message as its recipient sees it."""

    id: UUID
    template: str
    channel: str
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
    created_at: datetime
    sent_at: datetime | None
