"""Answers to a reader of the audit log."""

from typing import Literal

from pydantic import BaseModel


class PersonNamed(BaseModel):
    """Who an id stands for. Staff are named in full: they act for the union; handlers and members are masked."""

    id: str
    kind: Literal["staff", "handler", "member"]
    name: str
    user_name: str | None
    unit: str | None
    """The unit that a handler acts for."""
    number: str | None
    """The member number."""


class NamesRead(BaseModel):
    """Who the ids stand for; one that is no account or person of the union is left out."""

    items: list[PersonNamed]


class CodesRead(BaseModel):
    """What the codes in entries are called in this union: by the name of the fact, then by code."""

    roles: dict[str, str]
    nodes: dict[str, str]
    products: dict[str, str]
    branches: dict[str, str]
    """By the path, "/binhu/"."""
