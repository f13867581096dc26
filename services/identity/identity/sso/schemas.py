"""Requests and answers of single sign-on, hand-overs and WeChat."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from ..accounts.schemas import TokensRead


class PortalRead(BaseModel):
    """A portal through which people of some kinds sign in."""

    code: str
    title: str
    kind: Literal["oidc", "cas"]
    people: list[str]


class EntrancesRead(BaseModel):
    """The entrances that other systems open to this union."""

    portals: list[PortalRead]
    hosts: list[dict[str, str]]
    """Apps that hand their users over: code and title."""
    wechat_app_id: str | None


class PortalStart(BaseModel):
    """Begin to sign in through a portal."""

    kind: Literal["member", "staff", "handler"] = "member"
    app: Literal["m", "console"] = "m"
    """Which web app the portal sends the browser back to."""


class PortalStarted(BaseModel):
    """Where the browser goes, and the key with which only this browser can finish."""

    url: str
    state: str
    browser_key: str


class PortalFinish(BaseModel):
    """What the portal sent the browser back with."""

    state: str = Field(min_length=16, max_length=200)
    browser_key: str = Field(min_length=16, max_length=200)
    code: str | None = Field(None, max_length=2000)
    ticket: str | None = Field(None, max_length=2000)


class HandOverIn(BaseModel):
    """A host app's signed word about its user."""

    token: str = Field(min_length=20, max_length=8000)


class WeChatCode(BaseModel):
    """The code that `wx.login` gave."""

    code: str = Field(min_length=1, max_length=200)


class Arrived(BaseModel):
    """Who came in: signed in, or to be bound first, then with the ticket."""

    tokens: TokensRead | None = None
    ticket: str | None = None
    """Hand it in with `/bindings` or `/members/register`; good for two hours."""


class LinkRead(BaseModel):
    """A user of another system who opens this account."""

    id: UUID
    provider: str
    title: str
    linked_at: datetime


class LinksRead(BaseModel):
    """All of them."""

    items: list[LinkRead]


class WorkNumberPut(BaseModel):
    """A member's work number at the campus portal."""

    person_id: UUID
    work_number: str = Field(min_length=1, max_length=60)


class WorkNumbersPut(BaseModel):
    """Up to 500 of them."""

    items: list[WorkNumberPut] = Field(min_length=1, max_length=500)


class WorkNumbersRead(BaseModel):
    """How many are new or changed."""

    changed: int
