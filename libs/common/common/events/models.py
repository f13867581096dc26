"""Tables that carry events out of and into a service."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity
from sqlalchemy.orm import Mapped, mapped_column

from ..clock import now
from ..db.columns import Base

WAITS = -1
"""In the place of the attempts: no failure, it waits for a process of a version that knows it."""


class OutboxEvent(Base):
    """An event of a committed transaction that has not left yet; the relay deletes it when the bus has it."""

    __tablename__ = "outbox"
    seq: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    tenant_id: Mapped[UUID]
    event_id: Mapped[UUID]
    topic: Mapped[str]
    partition: Mapped[int]
    key: Mapped[str]
    envelope: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(default=now)


class InboxEvent(Base):
    """An event whose effect is in this database; its presence is what makes a second delivery harmless."""

    __tablename__ = "inbox"
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    type: Mapped[str]
    handled_at: Mapped[datetime] = mapped_column(default=now)


class ParkedEvent(Base):
    """An event whose handler failed, that this version does not know, or that follows such an event under its key."""

    __tablename__ = "parked_event"
    seq: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    tenant_id: Mapped[UUID]
    event_id: Mapped[UUID]
    topic: Mapped[str]
    key: Mapped[str]
    type: Mapped[str]
    envelope: Mapped[bytes]
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(default=now)
    last_error: Mapped[str | None]
    parked_at: Mapped[datetime] = mapped_column(default=now)


class DeadLetter(Base):
    """An event that failed too often; kept until somebody replays or discards it."""

    __tablename__ = "dead_letter"
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    topic: Mapped[str]
    key: Mapped[str]
    type: Mapped[str]
    envelope: Mapped[bytes]
    error: Mapped[str]
    attempts: Mapped[int]
    died_at: Mapped[datetime] = mapped_column(default=now)
    replayed_at: Mapped[datetime | None]


class TenantDirectory(Base):
    """Which tenants there are: public codes only, no row of a tenant. Readable without a tenant."""

    __tablename__ = "tenant_directory"
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)


class TenantPackCopy(Base):
    """This service's copy of a tenant's packs, one row per version (fed by TenantConfigured)."""

    __tablename__ = "tenant_pack"
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    effective_from: Mapped[datetime]
    pack: Mapped[dict[str, Any]]


class TenantKey(Base):
    """A tenant's data key, wrapped by the master key; services share tenant keys."""

    __tablename__ = "tenant_key"
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    wrapped: Mapped[bytes]
    """AES-256-GCM of 64 bytes: 32 for encryption, 32 for the blind index."""
    created_at: Mapped[datetime] = mapped_column(default=now)
