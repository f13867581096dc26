"""Requests and answers about branches."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class Strict(BaseModel):
    """A body that holds nothing else."""

    model_config = ConfigDict(extra="forbid")


class BranchCreate(Strict):
    """A new branch below another, or below the union itself."""

    code: str = Field(max_length=60)
    name_zh: str = Field(max_length=200)
    name_en: str = Field(max_length=200)
    level: str = Field(max_length=60)
    parent: str | None = Field(None, max_length=60)
    region: str | None = Field(None, max_length=20)


class BranchPut(Strict):
    """New names and region of a branch."""

    name_zh: str = Field(max_length=200)
    name_en: str = Field(max_length=200)
    region: str | None = Field(None, max_length=20)


class BranchMove(Strict):
    """Hang a branch below another; none: below the union itself."""

    parent: str | None = Field(None, max_length=60)


class BranchRead(BaseModel):
    """A branch as those who manage it see it."""

    id: UUID
    version: int
    code: str
    level: str
    level_title: str
    parent: str | None
    path: str
    name_zh: str
    name_en: str
    region: str | None
    origin: str
    """pack: follows the pack's versions; staff: was added or changed here, packs leave it alone"""
    closed_at: datetime | None
    units: int
    """Units that hang directly below it."""
    staff: int
    """Staff that work directly for it."""


class BranchesRead(BaseModel):
    """The tree within the caller's reach, parents first, closed branches too."""

    items: list[BranchRead]
