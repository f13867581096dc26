"""Answers about the stock."""

from typing import Literal

from pydantic import BaseModel


class DuplicateRead(BaseModel):
    """A line that was left out, because the code is in the stock or on an earlier line."""

    line: int
    code: str
    """Only its ending."""
    reason: Literal["in_stock", "in_file"]
    first_line: int | None = None


class ImportRead(BaseModel):
    """What an import did."""

    imported: int
    duplicates: list[DuplicateRead]
    codes: int
    codes_left: int
