"""Answers about rewards."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel


class RewardRead(BaseModel):
    """A reward as its owner sees it."""

    id: UUID
    campaign_id: UUID
    campaign_title: str
    code: str
    state: str
    created_at: datetime
    valid_until: date
    collected_at: datetime | None


class RewardSealed(RewardRead):
    """The same with the code still sealed: what the record of an answered request keeps."""


class CollectionRead(BaseModel):
    """A reward as the counter sees it, without its code."""

    id: UUID
    campaign_id: UUID
    campaign_title: str
    state: str
    created_at: datetime
    collected_at: datetime | None
