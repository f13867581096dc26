"""Requests and answers about tenants, packs and the organisation."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field


class PackPut(BaseModel):
    """The text of a pack file."""

    yaml: str = Field(min_length=1, max_length=2_000_000)


class PackVersionRead(BaseModel):
    """One version of a tenant's pack."""

    tenant_id: UUID
    code: str
    version: int
    status: Literal["proposed", "published", "superseded"]
    changed: bool = True
    """False when the pack was there already and nothing is new."""
    effective_from: datetime | None = None


class PackStatusRead(BaseModel):
    """How far the newest version is; `live` when every service has it."""

    code: str
    version: int
    status: Literal["proposed", "published", "superseded"]
    live: bool
    live_version: int | None
    """The newest version that every service has."""
    proposer: str | None = None
    """The sign-in name of who proposed the newest version; none for what was applied from outside"""
    mine: bool = False
    """The caller proposed it: they may take it back, and another one lets it live."""
    proposed_at: datetime | None = None
    acknowledged: list[str]
    waiting: list[str]


class PackChangeRead(BaseModel):
    """One place of a pack that a version changes."""

    path: str
    words: str
    """The place in words, for whoever has to agree"""
    before: str | None
    """null: it was not there"""
    after: str | None
    """null: it is not there any more"""


class PackChangesRead(BaseModel):
    """What a version changes beside the one that was published before it."""

    code: str
    version: int
    against: int | None
    """number of the version it is compared with; null: there was none"""
    number: int
    """how many places are changed; the first 500 are listed"""
    items: list[PackChangeRead]


class OrgNodeRead(BaseModel):
    """A node of the organisation tree that units may choose (所属区局)."""

    code: str
    level: str
    parent: str | None
    path: str
    name: str
    region: str | None = None


class OrganisationRead(BaseModel):
    """The organisation tree, parents first."""

    nodes: list[OrgNodeRead]


class TenantRead(BaseModel):
    """What the apps need to know of a union before anybody has signed in."""

    id: UUID
    code: str
    name: dict[str, str]
    short_name: dict[str, str]
    branding: dict[str, Any]
    contact: dict[str, Any]
    pack_version: int
    registration: dict[str, Any]
    """Ways in, papers of the unit's profile, lengths of the insurance code, limits of uploads."""
    offers: dict[str, bool]
    """What a union may leave out: terminations (提前终止), orders of units, consents over age, individual cover, dues,
    and payments made online."""
    catalogue: list[dict[str, Any]]


class PrivacyStatementRead(BaseModel):
    """The privacy statement (隐私协议和服务声明) in force; consent names its version."""

    version: int
    title: str
    text: str


class TenantSummary(BaseModel):
    """A union as the list of unions shows it."""

    code: str
    name: dict[str, str]
    short_name: dict[str, str]
    colour: str


class TenantList(BaseModel):
    """The unions of this platform."""

    items: list[TenantSummary]


class TenantKeyRead(BaseModel):
    """A tenant's newest key."""

    tenant_id: UUID
    version: int
