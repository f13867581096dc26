"""A picture that content shows."""

from uuid import UUID

from sqlalchemy.orm import Mapped

from common.db import Base, TenantRow


class Picture(TenantRow, Base):
    """Where a picture lies. `object_key` is sealed, context "picture.key"."""

    __tablename__ = "picture"
    object_name: Mapped[str]
    object_key: Mapped[str]
    media_type: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]
    uploaded_by: Mapped[UUID]
