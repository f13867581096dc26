"""Requests and answers about names to be linked."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.opinions import Reason

from ...members.requests.schemas import State


class Strict(BaseModel):
    """A body that holds nothing else."""

    model_config = ConfigDict(extra="forbid")


class SyncedUnit(Strict):
    """A unit as synchronised data names it."""

    name: str = Field(min_length=1, max_length=200)
    credit_code: str | None = Field(None, max_length=60)


class NamesSync(Strict):
    """Names of one synchronisation; those that match no unit are listed."""

    source: str = Field(min_length=2, max_length=40, pattern=r"^[a-z][a-z0-9_]*$")
    units: list[SyncedUnit] = Field(min_length=1, max_length=1000)


class NameMatched(BaseModel):
    """A name and the unit that it means; none: it is listed for the back office."""

    name: str
    unit_id: UUID | None
    by: Literal["credit_code", "name", "link"] | None


class NamesSynced(BaseModel):
    """What became of each name, in the order given."""

    items: list[NameMatched]
    unmatched: int


class NameLink(Strict):
    """Which unit is meant. For a person a change of data is asked for.

    Where nobody has the number the member is named: by `person_id`, or by the document or member number registered now.
    """

    unit_id: UUID | None = None
    person_id: UUID | None = None
    document_number: str | None = Field(None, max_length=60)
    member_number: str | None = Field(None, max_length=20)


class NameRevealed(BaseModel):
    """A person of the data and the one of the register in full, to whoever says that they are the same."""

    id: UUID
    name: str
    document_number: str | None
    """None: it is the registered one."""
    told_unit: str | None
    registered_name: str | None
    registered_document_number: str | None
    registered_unit: str | None


class NameDismiss(Strict):
    """Why nothing has to be done."""

    note: Reason


class SyncedNameRead(BaseModel):
    """A name to be linked."""

    id: UUID
    version: int
    kind: Literal["unit", "person"]
    source: str
    name: str
    """A unit's name as written; a person's masked."""
    document_number: str | None
    """The number that nobody in the register has, masked."""
    told_unit: str | None
    """A person's unit as the data names it."""
    registered_name: str | None
    """The name in the register, masked."""
    person_id: UUID | None
    unit_id: UUID | None
    unit_name: str | None
    state: Literal["open", "linked", "dismissed"]
    seen: int
    last_seen_at: datetime
    linked_unit_id: UUID | None
    request_id: UUID | None
    """The change of data that was asked for (/member-requests)."""
    request_state: State | None
    """What became of it: a name is linked for good once it is approved."""
    note: str | None
    created_at: datetime
