"""Edits say which version they change."""

from typing import Annotated

from fastapi import Depends, Header, Response

from ..db.columns import VersionedRow
from ..errors import PreconditionFailed, PreconditionRequired


async def if_match(value: Annotated[str | None, Header(alias="If-Match")] = None) -> int:
    """Return the version the caller read."""
    cleaned = (value or "").strip().removeprefix("W/").strip('"')
    if not cleaned.isdigit():
        raise PreconditionRequired
    return int(cleaned)


IfMatchDep = Annotated[int, Depends(if_match)]


def check_version(row: VersionedRow, expected: int) -> None:
    """Raise PreconditionFailed if somebody changed the row since it was read."""
    if row.version != expected:
        raise PreconditionFailed


def is_next(row: VersionedRow, expected: int) -> bool:
    """Whether the row is one change further than the caller read it.

    Where the row says that this change was the caller's own, and the same, a second tap is answered like the first one
    and not refused.
    """
    return row.version == expected + 1


def set_etag(response: Response, row: VersionedRow) -> None:
    """Send the row's version as ETag."""
    response.headers["ETag"] = f'"{row.version}"'
