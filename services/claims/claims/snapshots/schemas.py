"""Asking for a snapshot."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class SnapshotCreate(BaseModel):
    """Which facts are sent again to all services."""

    model_config = ConfigDict(extra="forbid")
    fact: Literal["claims"] = "claims"
