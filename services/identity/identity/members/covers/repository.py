"""SQL of the copies; a fact that is older than what is here is ignored."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import case, func
from sqlalchemy.dialects.postgresql import insert

from common.clock import now
from common.contracts.matters import MemberMatterChanged
from common.db.columns import TenantRow

from ...repository import IdentityRepository
from .models import MemberClaim, MemberMatter, MemberPayout, MemberPolicy, MemberRefund

MOST = 500


class CoverRepository(IdentityRepository):
    """What is known of the cover of one tenant's members."""

    async def keep(self, model: type[TenantRow], rows: Sequence[dict[str, Any]]) -> None:
        """Store facts that are not older than those here, in one statement and the order of their ids."""
        newest: dict[UUID, dict[str, Any]] = {}
        for row in rows:
            if row["id"] not in newest or newest[row["id"]]["version"] <= row["version"]:
                newest[row["id"]] = row
        if not newest:
            return
        own = {"tenant_id": self.tenant_id, "created_at": now()}
        statement = insert(model).values([own | newest[key] for key in sorted(newest)])
        changing: dict[str, Any] = {name: statement.excluded[name] for name in rows[0] if name != "id"}
        table: Any = model
        if "ended_on" in changing:
            # A fact that does not say when a policy ended does not bring its cover back.
            changing["ended_on"] = func.coalesce(statement.excluded.ended_on, table.ended_on)
        await self.session.execute(
            statement.on_conflict_do_update(
                index_elements=["tenant_id", "id"],
                set_=changing,
                where=table.version <= statement.excluded.version,
            )
        )

    async def keep_refund(
        self, refund_id: UUID, *, person_id: UUID | None, status: str, version: int
    ) -> None:
        """Keep how far a refund is; the person is told by one service, the payment by another, in any order."""
        row = {
            "tenant_id": self.tenant_id, "id": refund_id, "created_at": now(), "version": version,
            "person_id": person_id, "status": status,
        }  # fmt: skip
        new = insert(MemberRefund).values(row)
        fresh = new.excluded.version > MemberRefund.version
        kept = {
            "person_id": func.coalesce(MemberRefund.person_id, new.excluded.person_id),
            "status": case((fresh, new.excluded.status), else_=MemberRefund.status),
            "version": func.greatest(MemberRefund.version, new.excluded.version),
        }
        await self.session.execute(new.on_conflict_do_update(index_elements=["tenant_id", "id"], set_=kept))

    async def keep_matter(self, event: MemberMatterChanged) -> None:
        """Keep whether something of a member is under way; the newest word counts."""
        values = {name: getattr(event, name) for name in ("person_id", "kind", "number", "open", "told_at")}
        row = values | {"tenant_id": self.tenant_id, "id": event.matter_id, "created_at": now()}
        new = insert(MemberMatter).values(row)
        statement = new.on_conflict_do_update(
            index_elements=["tenant_id", "id"],
            set_={name: new.excluded[name] for name in values},
            where=MemberMatter.told_at <= new.excluded.told_at,
        )
        await self.session.execute(statement)

    async def matters(self, person_id: UUID) -> Sequence[MemberMatter]:
        """Return what of a member is under way."""
        mine = (MemberMatter.person_id == person_id, MemberMatter.open)
        return await self.all(self.select(MemberMatter).where(*mine).order_by(MemberMatter.id).limit(MOST))

    async def refunds(self, person_id: UUID) -> Sequence[MemberRefund]:
        """Return a member's refunds, the newest first."""
        statement = self.select(MemberRefund).where(MemberRefund.person_id == person_id)
        return await self.all(statement.order_by(MemberRefund.id.desc()).limit(MOST))

    async def policies(self, person_id: UUID) -> Sequence[MemberPolicy]:
        """Return a member's policies, the newest first."""
        statement = self.select(MemberPolicy).where(MemberPolicy.person_id == person_id)
        return await self.all(statement.order_by(MemberPolicy.starts_on.desc(), MemberPolicy.id).limit(MOST))

    async def claims(self, person_id: UUID) -> Sequence[MemberClaim]:
        """Return a member's claims, the newest first."""
        statement = self.select(MemberClaim).where(MemberClaim.person_id == person_id)
        return await self.all(statement.order_by(MemberClaim.id.desc()).limit(MOST))

    async def payouts(self, person_id: UUID) -> Sequence[MemberPayout]:
        """Return a member's payouts, the newest first; one whose decision was taken back is none."""
        statement = self.select(MemberPayout).where(
            MemberPayout.person_id == person_id, MemberPayout.status != "withdrawn"
        )
        return await self.all(statement.order_by(MemberPayout.id.desc()).limit(MOST))
