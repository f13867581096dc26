"""The table of the audit log; the app role can add rows and read them, nothing else."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from ..db.columns import Base


class AuditEntry(Base):
    """One entry of a tenant's chain; its hash covers its content and the entry before it."""

    __tablename__ = "audit_entry"
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    """1, 2, 3, … without a gap."""
    at: Mapped[datetime]
    actor_id: Mapped[str]
    action: Mapped[str]
    """Past tense, e.g. "member.revealed"."""
    subject: Mapped[str]
    """What it was done to, e.g. "person:<uuid>"."""
    detail: Mapped[dict[str, Any]]
    previous_hash: Mapped[bytes]
    hash: Mapped[bytes]
