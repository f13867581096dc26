"""People and units as far as messages need them; names and mobiles stay sealed."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from common.db import Base, TenantRow


class Recipient(TenantRow, Base):
    """A person: `version` 0 means known from a policy only, not yet from the register."""

    __tablename__ = "recipient"
    version: Mapped[int]
    name: Mapped[str]
    mobile: Mapped[str | None]
    account_id: Mapped[UUID | None]
    unit_id: Mapped[UUID | None]
    sex: Mapped[str | None]
    """Sealed, context "person.sex", where the document's number says it: some services are for one sex only."""


class UnitCopy(TenantRow, Base):
    """A unit and its handler."""

    __tablename__ = "unit_copy"
    version: Mapped[int]
    name: Mapped[str]
    account_id: Mapped[UUID | None]
    mobile: Mapped[str | None]
    org_path: Mapped[str | None]


class CoverCopy(TenantRow, Base):
    """A policy: who is covered by what from when until when; `id` is the policy's."""

    __tablename__ = "cover_copy"
    version: Mapped[int]
    person_id: Mapped[UUID]
    product: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    """The last day of cover, also of one that ended early."""


class WechatCopy(TenantRow, Base):
    """The WeChat user of an account, whose id it has; the open id is sealed, context "wechat.open_id"."""

    __tablename__ = "wechat_copy"
    open_id: Mapped[str | None]
    linked_at: Mapped[datetime]


class LanguageCopy(TenantRow, Base):
    """The language that an account's owner has chosen, "zh" or "en"; `id` is the account's."""

    __tablename__ = "language_copy"
    language: Mapped[str]
    chosen_at: Mapped[datetime]


class StaffCopy(TenantRow, Base):
    """A staff account: its roles and the part of the organisation that it works for; `id` is the account's."""

    __tablename__ = "staff_copy"
    version: Mapped[int]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    org_path: Mapped[str]
    active: Mapped[bool]
    mobile: Mapped[str | None]


class Preference(TenantRow, Base):
    """Which messages a member wants; `id` is the person's."""

    __tablename__ = "preference"
    version: Mapped[int]
    enrolment_sms: Mapped[bool]
    service_notices: Mapped[bool]
