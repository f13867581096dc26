"""SQL of the copies. A fact older than the copy changes nothing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, literal, select
from sqlalchemy.dialects.postgresql import insert

from common.clock import now
from common.db import TenantRepository, unscoped

from .models import CoverCopy, LanguageCopy, Preference, Recipient, StaffCopy, UnitCopy, WechatCopy

WHY = "rows carry the tenant; the conflict target begins with it"


class CopyRepository(TenantRepository):
    """Recipients and units of one tenant."""

    async def put_recipients(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert or replace people by their register's version; a later account or mobile is never forgotten."""
        if not rows:
            return
        statement = insert(Recipient).values([self._stamped(row) for row in rows])
        new = statement.excluded
        await self.session.execute(
            unscoped(
                statement.on_conflict_do_update(
                    index_elements=["tenant_id", "id"],
                    set_={
                        "version": new.version,
                        "name": new.name,
                        "mobile": func.coalesce(new.mobile, Recipient.mobile),
                        "account_id": func.coalesce(new.account_id, Recipient.account_id),
                        "unit_id": func.coalesce(new.unit_id, Recipient.unit_id),
                        "sex": func.coalesce(new.sex, Recipient.sex),
                    },
                    where=Recipient.version < new.version,
                ),
                why=WHY,
            )
        )

    async def forget_account(self, person_id: UUID, *, version: int) -> None:
        """Take the account from a person whose copy is older than `version`."""
        await self.session.execute(
            self.update(Recipient)
            .where(Recipient.id == person_id, Recipient.version < version)
            .values(account_id=None)
        )

    async def put_units(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert or replace units by version."""
        if not rows:
            return
        statement = insert(UnitCopy).values([self._stamped(row) for row in rows])
        new = statement.excluded
        await self.session.execute(
            unscoped(
                statement.on_conflict_do_update(
                    index_elements=["tenant_id", "id"],
                    set_={
                        "version": new.version,
                        "name": new.name,
                        "account_id": func.coalesce(new.account_id, UnitCopy.account_id),
                        "mobile": func.coalesce(new.mobile, UnitCopy.mobile),
                        "org_path": new.org_path,
                    },
                    where=UnitCopy.version < new.version,
                ),
                why=WHY,
            )
        )

    async def put_staff(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert or replace staff accounts by version."""
        if not rows:
            return
        statement = insert(StaffCopy).values([self._stamped(row) for row in rows])
        new = statement.excluded
        changing = {name: new[name] for name in ("version", "roles", "org_path", "active", "mobile")}
        await self.session.execute(
            unscoped(
                statement.on_conflict_do_update(
                    index_elements=["tenant_id", "id"], set_=changing, where=StaffCopy.version < new.version
                ),
                why=WHY,
            )
        )

    async def staff_with(self, roles: Collection[str], *, path: str) -> Sequence[StaffCopy]:
        """Return the active staff with one of these roles whose part of the organisation holds a path."""
        if not roles:
            return []
        place = literal(path or "/")
        statement = self.select(StaffCopy).where(
            StaffCopy.active,
            StaffCopy.roles.overlap(sorted(roles)),
            func.starts_with(place, StaffCopy.org_path),
        )
        return await self.all(statement.order_by(StaffCopy.id))

    async def staff_account(self, account_id: UUID) -> StaffCopy | None:
        """Return an active staff account or None."""
        return await self.first(self.select(StaffCopy).where(StaffCopy.id == account_id, StaffCopy.active))

    async def put_covers(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert or replace policies by version."""
        if not rows:
            return
        statement = insert(CoverCopy).values([self._stamped(row) for row in rows])
        new = statement.excluded
        await self.session.execute(
            unscoped(
                statement.on_conflict_do_update(
                    index_elements=["tenant_id", "id"],
                    set_={"version": new.version, "starts_on": new.starts_on, "ends_on": new.ends_on},
                    where=CoverCopy.version < new.version,
                ),
                why=WHY,
            )
        )

    async def put_wechat(self, row: Mapping[str, Any]) -> None:
        """Insert or replace an account's WeChat user; an older link changes nothing."""
        statement = insert(WechatCopy).values(self._stamped(row))
        new = statement.excluded
        await self.session.execute(
            unscoped(
                statement.on_conflict_do_update(
                    index_elements=["tenant_id", "id"],
                    set_={"open_id": new.open_id, "linked_at": new.linked_at},
                    where=WechatCopy.linked_at < new.linked_at,
                ),
                why=WHY,
            )
        )

    async def wechat_of(self, account_ids: Iterable[UUID]) -> dict[UUID, str]:
        """Return the sealed open ids of those among these accounts that have one."""
        statement = self.select(WechatCopy).where(
            WechatCopy.id.in_(set(account_ids)), WechatCopy.open_id.is_not(None)
        )
        return {row.id: row.open_id for row in await self.all(statement) if row.open_id is not None}

    async def put_language(self, row: Mapping[str, Any]) -> None:
        """Insert or replace an account's language; an older choice changes nothing."""
        statement = insert(LanguageCopy).values(self._stamped(row))
        new = statement.excluded
        await self.session.execute(
            unscoped(
                statement.on_conflict_do_update(
                    index_elements=["tenant_id", "id"],
                    set_={"language": new.language, "chosen_at": new.chosen_at},
                    where=LanguageCopy.chosen_at < new.chosen_at,
                ),
                why=WHY,
            )
        )

    async def languages(self, account_ids: Iterable[UUID]) -> dict[UUID, str]:
        """Return the languages of those among these accounts whose owners have chosen one."""
        statement = self.select(LanguageCopy).where(LanguageCopy.id.in_(set(account_ids)))
        return {row.id: row.language for row in await self.all(statement)}

    async def put_preference(self, row: Mapping[str, Any]) -> None:
        """Insert or replace a member's switches by version."""
        statement = insert(Preference).values(self._stamped(row))
        new = statement.excluded
        await self.session.execute(
            unscoped(
                statement.on_conflict_do_update(
                    index_elements=["tenant_id", "id"],
                    set_={
                        "version": new.version,
                        "enrolment_sms": new.enrolment_sms,
                        "service_notices": new.service_notices,
                    },
                    where=Preference.version < new.version,
                ),
                why=WHY,
            )
        )

    async def preferences(self, ids: Iterable[UUID]) -> dict[UUID, Preference]:
        """Return the switches of those among these who have chosen."""
        rows = await self.all(self.select(Preference).where(Preference.id.in_(set(ids))))
        return {row.id: row for row in rows}

    def _stamped(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {**row, "tenant_id": self.tenant_id, "created_at": now()}

    async def recipients(self, ids: Iterable[UUID]) -> dict[UUID, Recipient]:
        """Return the known people among these."""
        rows = await self.all(self.select(Recipient).where(Recipient.id.in_(set(ids))))
        return {row.id: row for row in rows}

    async def units(self, ids: Iterable[UUID]) -> dict[UUID, UnitCopy]:
        """Return the known units among these."""
        rows = await self.all(self.select(UnitCopy).where(UnitCopy.id.in_(set(ids))))
        return {row.id: row for row in rows}


def account_of(tenant_id: UUID, person_id: UUID) -> Select[Any]:
    """SELECT the account of a person, for the condition of another statement."""
    return unscoped(
        select(Recipient.account_id).where(Recipient.tenant_id == tenant_id, Recipient.id == person_id),
        why="scoped to the tenant that is given",
    )
