"""Declarative base and the columns that every tenant's row has."""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, MetaData, Numeric, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from ..clock import now
from ..ids import new_id

_metadata: dict[str, MetaData] = defaultdict(MetaData)


class Base(DeclarativeBase):
    """Base of all models; maps the project's types to PostgreSQL's."""

    type_annotation_map = {
        Decimal: Numeric(14, 2),
        datetime: DateTime(timezone=True),
        UUID: Uuid(),
        dict[str, Any]: JSONB(),
        list[Any]: JSONB(),
        list[str]: JSONB(),
        list[dict[str, Any]]: JSONB(),
    }

    def __init_subclass__(cls, **kwargs: Any) -> None:
        # Several services run in one process, each with tables of the same names: metadata by package.
        cls.metadata = _metadata[cls.__module__.split(".", 1)[0]]
        super().__init_subclass__(**kwargs)


class TenantRow:
    """Key of a tenant's row: (tenant_id, id), so that a reference can never cross tenants."""

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(default=now)


class VersionedRow(TenantRow):
    """A row that people edit: `version` grows by one with each change and is the ETag."""

    version: Mapped[int] = mapped_column(default=1)

    def touch(self) -> None:
        """Count one change; called by every method that changes the row."""
        self.version = (self.version or 1) + 1
