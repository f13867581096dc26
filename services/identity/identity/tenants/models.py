"""Tenants (工会), the versions of their packs, who has each, and the organisation tree."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from common.clock import now
from common.db import Base, TenantRow, VersionedRow


class Tenant(VersionedRow, Base):
    """A union on the platform; `id` equals `tenant_id`."""

    __tablename__ = "tenant"
    code: Mapped[str]
    name_zh: Mapped[str]
    name_en: Mapped[str]

    def rename(self, zh: str, en: str) -> None:
        """Take the name of a new pack; the code and the id never change."""
        if (self.name_zh, self.name_en) != (zh, en):
            self.name_zh, self.name_en = zh, en
            self.touch()


class PackVersion(TenantRow, Base):
    """One version of a pack as it was sent in, and who let it go live (maker and checker)."""

    __tablename__ = "pack_version"
    number: Mapped[int]
    status: Mapped[str]
    """proposed | published | superseded (a newer proposal took its place, or it was taken back or refused)"""
    fingerprint: Mapped[str]
    source: Mapped[str]
    pack: Mapped[dict[str, Any]]
    proposed_by: Mapped[UUID]
    proposed_human: Mapped[UUID | None]
    consented_by: Mapped[UUID | None]
    published_at: Mapped[datetime | None]
    effective_from: Mapped[datetime | None]

    def publish(self, *, effective_from: datetime, consented_by: UUID | None) -> None:
        """Let the version go out to all services."""
        self.status, self.consented_by = "published", consented_by
        self.published_at, self.effective_from = now(), effective_from

    def supersede(self) -> None:
        """Give way to a newer proposal, or be given up."""
        self.status = "superseded"


class PackAcknowledgement(TenantRow, Base):
    """That a service has a version of the pack."""

    __tablename__ = "pack_acknowledgement"
    number: Mapped[int]
    service: Mapped[str]


class OrgNode(VersionedRow, Base):
    """A branch of the union (区局, 办事处, 代办处) or its root; units hang below."""

    __tablename__ = "org_node"
    code: Mapped[str]
    level: Mapped[str]
    parent_id: Mapped[UUID | None]
    path: Mapped[str]
    """Materialised path of codes, "/" for the root, "/binhu/" below it."""
    name_zh: Mapped[str]
    name_en: Mapped[str]
    region: Mapped[str | None]
    retired_at: Mapped[datetime | None]
    origin: Mapped[str] = mapped_column(default="pack")
    """pack | staff: what staff have added or changed, packs leave alone"""

    def take_over(self) -> None:
        """Note that staff have changed it: packs leave it alone from now on."""
        self.origin = "staff"

    def describe(self, *, level: str, name_zh: str, name_en: str, region: str | None) -> None:
        """Take level, name and region of a new pack."""
        told = (level, name_zh, name_en, region)
        if (self.level, self.name_zh, self.name_en, self.region) != told:
            self.level, self.name_zh, self.name_en, self.region = told
            self.touch()

    def move(self, *, parent_id: UUID | None, path: str) -> None:
        """Hang below another node."""
        if (self.parent_id, self.path) != (parent_id, path):
            self.parent_id, self.path = parent_id, path
            self.touch()

    def set_retired(self, retired: bool) -> None:
        """Take no new units, or take them again; what hangs below stays."""
        if retired != (self.retired_at is not None):
            self.retired_at = now() if retired else None
            self.touch()
