"""Where a page of the queue begins: in the order of the queue, not of the ids."""

import base64
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import orjson
from fastapi import Depends, Query

from common.http.paging import CursorInvalid

Order = Literal["urgent", "oldest", "newest"]
"""urgent: by the node's deadline, then by arrival; oldest and newest: by arrival at the node."""


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a task in the queue; it stays a place also when the task has left."""

    deadline: date
    since: datetime
    claim_id: UUID

    @property
    def cursor(self) -> str:
        """The cursor of the page that begins behind it."""
        parts = [self.deadline.isoformat(), self.since.isoformat(), str(self.claim_id)]
        return base64.urlsafe_b64encode(orjson.dumps(parts)).decode()

    @classmethod
    def of(cls, cursor: str) -> "Place":
        """Read a cursor; CursorInvalid."""
        try:
            deadline, since, claim_id = orjson.loads(base64.urlsafe_b64decode(cursor))
            return cls(date.fromisoformat(deadline), datetime.fromisoformat(since), UUID(claim_id))
        except (ValueError, TypeError):
            raise CursorInvalid from None


@dataclass(frozen=True, slots=True)
class TaskCursor:
    """Where a page begins and how many tasks it has."""

    after: Place | None = None
    limit: int = 50


async def task_cursor(
    value: Annotated[str | None, Query(alias="cursor", description="上一页的 next_cursor")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> TaskCursor:
    """Read the page parameters of a request."""
    return TaskCursor(after=Place.of(value) if value is not None else None, limit=limit)


TaskCursorDep = Annotated[TaskCursor, Depends(task_cursor)]
