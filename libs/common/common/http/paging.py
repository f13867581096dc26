"""Cursor pages: newest first by id (UUIDv7), no counting, no skipping."""

import base64
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Depends, Query
from pydantic import BaseModel
from sqlalchemy import Select

from ..db.columns import TenantRow
from ..errors import DomainError
from ..text import Text

Item = TypeVar("Item")
Row = TypeVar("Row", bound=TenantRow)


class CursorInvalid(DomainError):
    """The cursor is not one that a page gave."""

    status = 400
    code = "page.cursor_invalid"
    text = Text("翻页参数不正确，请回到第一页。", "The cursor is not valid. Go back to the first page.")


class Page(BaseModel, Generic[Item]):
    """One page; `next_cursor` is None at the end."""

    items: list[Item]
    next_cursor: str | None = None


class Cursor(BaseModel):
    """Where a page begins and how many rows it has."""

    after: UUID | None = None
    limit: int = 50

    def apply(self, statement: Select[Row], model: type[Row]) -> Select[Row]:
        """Order newest first and begin after the cursor; asks for one row more to know if there is a next page."""
        if self.after is not None:
            statement = statement.where(model.id < self.after)
        return statement.order_by(model.id.desc()).limit(self.limit + 1)

    def page(self, rows: Sequence[Row], read: Callable[[Row], Item]) -> Page[Any]:
        """Make the page from the rows that `apply` found."""
        items = [read(row) for row in rows[: self.limit]]
        more = len(rows) > self.limit
        cursor = cursor_of(rows[self.limit - 1].id) if more else None
        return Page(items=items, next_cursor=cursor)


def cursor_of(row_id: UUID) -> str:
    """Return the cursor of the page that begins behind a row."""
    return base64.urlsafe_b64encode(row_id.bytes).decode()


async def cursor(
    value: Annotated[str | None, Query(alias="cursor", description="上一页的 next_cursor")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Cursor:
    """Read the page parameters of a request."""
    if value is None:
        return Cursor(limit=limit)
    try:
        return Cursor(after=UUID(bytes=base64.urlsafe_b64decode(value)), limit=limit)
    except ValueError:
        raise CursorInvalid from None


CursorDep = Annotated[Cursor, Depends(cursor)]
