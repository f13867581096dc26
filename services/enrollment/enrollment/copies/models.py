"""Copies of identity's facts. The owner's version decides which fact is newer."""

from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from common.db import TenantRow

from ..tables import Base


class UnitCopy(TenantRow, Base):
    """A unit 单位 as identity last told it; `id` is the unit's id."""

    __tablename__ = "unit_copy"
    version: Mapped[int]
    name: Mapped[str]
    credit_code: Mapped[str]
    org_path: Mapped[str]
    medical_code: Mapped[str | None]
    handler_account_id: Mapped[UUID | None]
    status: Mapped[str]
    handler_name_token: Mapped[str | None] = mapped_column(default=None)
    handler_mobile_token: Mapped[str | None] = mapped_column(default=None)
    """Of facts from before they were kept, None until identity tells the unit again."""

    @property
    def approved(self) -> bool:
        """Whether the unit may enrol people."""
        return self.status == "approved"


class PersonCopy(TenantRow, Base):
    """A person of identity's register; `id` is the person's id. Personal values are sealed."""

    __tablename__ = "person_copy"
    version: Mapped[int]
    document_kind: Mapped[str]
    document_token: Mapped[str]
    document_index: Mapped[str | None]
    name_token: Mapped[str]
    unit_id: Mapped[UUID | None]
    state: Mapped[str]
    account_id: Mapped[UUID | None] = mapped_column(default=None)
    mobile_token: Mapped[str | None] = mapped_column(default=None)
    mobile_index: Mapped[str | None] = mapped_column(default=None)
    member_number: Mapped[str | None] = mapped_column(default=None)
    sex: Mapped[str | None] = mapped_column(default=None)
    born_token: Mapped[str | None] = mapped_column(default=None)
    """Sex and birth date, where the document does not tell them."""
    work_number_token: Mapped[str | None] = mapped_column(default=None)
