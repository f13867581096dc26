"""Asking for a snapshot."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

Fact = Literal["tenants", "units", "members", "staff", "languages"]


class SnapshotCreate(BaseModel):
    """Which facts are sent again to all services."""

    fact: Fact


class SnapshotRead(BaseModel):
    """How far a snapshot is."""

    id: UUID
    fact: Fact
    sent: int
    finished_at: datetime | None
    created_at: datetime
