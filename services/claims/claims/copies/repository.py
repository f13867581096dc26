"""SQL of the local copies. Facts older than what is here are ignored."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, literal, literal_column, or_, select
from sqlalchemy.dialects.postgresql import insert

from common.db import TenantRepository
from common.db.columns import TenantRow

from ..appeals.models import Appeal
from ..feedback.models import Feedback
from ..intake.models import Claim
from ..sampling.models import Sample
from .models import DocumentCopy, PersonCard, PersonCopy, PolicyCopy, StaffCopy, UnitAlias, UnitCopy


class CopyRepository(TenantRepository):
    """Reads and keeps the copies."""

    async def keep(self, model: type[TenantRow], rows: Sequence[dict[str, Any]]) -> set[UUID]:
        """Store facts that are newer than those here, in one statement; return the ids of rows that are new."""
        if not rows:
            return set()
        latest: dict[UUID, dict[str, Any]] = {}
        for row in rows:
            known = latest.get(row["id"])
            if known is None or known["version"] < row["version"]:
                latest[row["id"]] = row
        statement = insert(model).values([{"tenant_id": self.tenant_id, **row} for row in latest.values()])
        changing: dict[str, Any] = {
            name: statement.excluded[name] for name in rows[0] if name not in {"id", "created_at"}
        }
        table: Any = model
        if "ended_on" in changing:
            # A fact that does not say when a policy ended does not bring its cover back.
            changing["ended_on"] = func.coalesce(statement.excluded.ended_on, table.ended_on)
        statement = statement.on_conflict_do_update(
            index_elements=["tenant_id", "id"],
            set_=changing,
            where=table.version < statement.excluded.version,
        )
        # xmax is zero for a row that this statement inserted, not for one that it changed.
        returning = statement.returning(table.id, literal_column("(xmax = 0)").label("inserted"))
        found = (await self.session.execute(returning)).all()
        return {row.id for row in found if row.inserted}

    async def keep_document(self, row: dict[str, Any], *, recognised: bool) -> None:
        """Store a document; what was read on it replaces what was read earlier."""
        statement = insert(DocumentCopy).values({"tenant_id": self.tenant_id, **row})
        if recognised:
            names = ("outcome", "document_type", "recognition", "recognized_at", "sha256", "person_id")
            changing: dict[str, Any] = {name: statement.excluded[name] for name in names}
            changing["phash"] = func.coalesce(statement.excluded.phash, DocumentCopy.phash)
            known = DocumentCopy.recognized_at
            statement = statement.on_conflict_do_update(
                index_elements=["tenant_id", "id"],
                set_=changing,
                where=or_(known.is_(None), known <= statement.excluded.recognized_at),
            )
        else:
            statement = statement.on_conflict_do_nothing()
        await self.session.execute(statement)

    async def policies_of(self, person_id: UUID) -> Sequence[PolicyCopy]:
        """Return a person's policies, the oldest first."""
        mine = self.select(PolicyCopy).where(PolicyCopy.person_id == person_id)
        return await self.all(mine.order_by(PolicyCopy.starts_on, PolicyCopy.id))

    async def policies_and_units(
        self, person_ids: Iterable[UUID]
    ) -> tuple[list[PolicyCopy], dict[UUID, UnitCopy]]:
        """Return persons' policies, the oldest first, and the units they were taken out by."""
        unit = and_(UnitCopy.tenant_id == PolicyCopy.tenant_id, UnitCopy.id == PolicyCopy.unit_id)
        mine = self.select_columns(PolicyCopy, PolicyCopy, UnitCopy).outerjoin(UnitCopy, unit)
        theirs = PolicyCopy.person_id.in_(list(person_ids))
        rows = await self.session.execute(mine.where(theirs).order_by(PolicyCopy.starts_on, PolicyCopy.id))
        found = rows.all()
        return [policy for policy, _ in found], {row.id: row for _, row in found if row is not None}

    async def policies_by_document(self, indexes: Iterable[str]) -> Sequence[PolicyCopy]:
        """Return the policies of the people with these document indexes, then or now, the oldest first."""
        numbers = list(indexes)
        theirs = self.select_columns(PersonCopy, PersonCopy.id).where(PersonCopy.document_index.in_(numbers))
        people = list((await self.session.execute(theirs)).scalars())
        wanted = self.select(PolicyCopy).where(
            or_(PolicyCopy.document_index.in_(numbers), PolicyCopy.person_id.in_(people))
        )
        return await self.all(wanted.order_by(PolicyCopy.starts_on, PolicyCopy.id))

    async def policy_names(self, ids: Iterable[UUID | None]) -> dict[UUID, str]:
        """Return the sealed names on policies, by id."""
        wanted = [policy_id for policy_id in ids if policy_id is not None]
        if not wanted:
            return {}
        statement = self.select_columns(PolicyCopy, PolicyCopy.id, PolicyCopy.name).where(
            PolicyCopy.id.in_(wanted)
        )
        return {row.id: row.name for row in await self.session.execute(statement)}

    async def policy_numbers(self, ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
        """Return the sealed document numbers on policies, by id of the policy."""
        wanted = [policy_id for policy_id in ids if policy_id is not None]
        if not wanted:
            return {}
        statement = self.select_columns(PolicyCopy, PolicyCopy.id, PolicyCopy.document_number)
        rows = await self.session.execute(statement.where(PolicyCopy.id.in_(wanted)))
        return {row.id: row.document_number for row in rows}

    async def names_of(self, claims: Sequence[Claim]) -> dict[UUID, str]:
        """Return the sealed names of the insured, by claim: of the policy, else of the register."""
        policies = await self.policy_names({claim.policy_id for claim in claims})
        others = {claim.person_id for claim in claims if claim.policy_id not in policies}
        known = await self.persons(others)
        found = {}
        for claim in claims:
            name = policies.get(claim.policy_id) if claim.policy_id else None
            if name is None and claim.person_id in known:
                name = known[claim.person_id].name
            if name is not None:
                found[claim.id] = name
        return found

    async def documents(self, ids: Iterable[UUID]) -> dict[UUID, DocumentCopy]:
        """Return the documents that are known here, by id."""
        wanted = list(ids)
        if not wanted:
            return {}
        rows = await self.all(self.select(DocumentCopy).where(DocumentCopy.id.in_(wanted)))
        return {row.id: row for row in rows}

    async def person(self, person_id: UUID) -> PersonCopy | None:
        """Return a person or None."""
        return await self.find(PersonCopy, person_id)

    async def persons(self, ids: Iterable[UUID]) -> dict[UUID, PersonCopy]:
        """Return persons by id."""
        wanted = list(ids)
        if not wanted:
            return {}
        rows = await self.all(self.select(PersonCopy).where(PersonCopy.id.in_(wanted)))
        return {row.id: row for row in rows}

    async def aliases(self, keys: Iterable[str]) -> dict[str, UUID]:
        """Return the units that other names of units mean, by the names' keys."""
        wanted = list(keys)
        if not wanted:
            return {}
        return {
            row.key: row.unit_id
            for row in await self.all(self.select(UnitAlias).where(UnitAlias.key.in_(wanted)))
        }

    async def keep_card(self, row: dict[str, Any]) -> bool:
        """Keep the card a member wants to be paid on; return whether this is later than what was known."""
        statement = insert(PersonCard).values({"tenant_id": self.tenant_id, **row})
        changing = {name: statement.excluded[name] for name in ("card", "bank_name", "changed_at")}
        statement = statement.on_conflict_do_update(
            index_elements=["tenant_id", "id"],
            set_=changing,
            where=PersonCard.changed_at < statement.excluded.changed_at,
        )
        kept = await self.session.execute(statement.returning(PersonCard.id))
        return kept.scalar_one_or_none() is not None

    async def cards(self, person_ids: Iterable[UUID]) -> dict[UUID, PersonCard]:
        """Return the cards that members want to be paid on, by person."""
        wanted = list(person_ids)
        if not wanted:
            return {}
        known = self.select(PersonCard).where(PersonCard.id.in_(wanted), PersonCard.card.is_not(None))
        return {row.id: row for row in await self.all(known)}

    async def keep_alias(self, row: dict[str, Any]) -> None:
        """Keep what a name of a unit means; of two words about it the later counts."""
        statement = insert(UnitAlias).values({"tenant_id": self.tenant_id, **row})
        statement = statement.on_conflict_do_update(
            index_elements=["tenant_id", "key"],
            set_={"unit_id": statement.excluded.unit_id, "linked_at": statement.excluded.linked_at},
            where=UnitAlias.linked_at < statement.excluded.linked_at,
        )
        await self.session.execute(statement)

    async def person_by_document(self, indexes: Sequence[str]) -> PersonCopy | None:
        """Return the person with one of these document indexes or None."""
        return await self.first(self.select(PersonCopy).where(PersonCopy.document_index.in_(indexes)))

    async def units(self, ids: Iterable[UUID]) -> dict[UUID, UnitCopy]:
        """Return units by id."""
        wanted = list(ids)
        if not wanted:
            return {}
        rows = await self.all(self.select(UnitCopy).where(UnitCopy.id.in_(wanted)))
        return {row.id: row for row in rows}

    async def staff(self, account_id: UUID) -> StaffCopy | None:
        """Return a staff account or None."""
        return await self.find(StaffCopy, account_id)

    async def staff_names(self, account_ids: Collection[UUID]) -> dict[UUID, str]:
        """Return the sealed names of staff, by account."""
        if not account_ids:
            return {}
        statement = self.select_columns(StaffCopy, StaffCopy.id, StaffCopy.name)
        rows = await self.session.execute(statement.where(StaffCopy.id.in_(list(account_ids))))
        return {row.id: row.name for row in rows if row.name}

    async def colleagues(self, role: str, path: str) -> Sequence[StaffCopy]:
        """Return the active staff with a role whose part of the organisation holds a path."""
        reaching = func.starts_with(literal(path or "/"), StaffCopy.org_path)
        mine = self.select(StaffCopy).where(StaffCopy.active, StaffCopy.roles.contains([role]), reaching)
        return await self.all(mine.order_by(StaffCopy.id))

    async def active_staff(self) -> Sequence[StaffCopy]:
        """Return the union's staff whose accounts are in use."""
        return await self.all(self.select(StaffCopy).where(StaffCopy.active).order_by(StaffCopy.id))

    async def claims_follow(self, unit_ids: Sequence[UUID]) -> None:
        """Let the claims of units, and what hangs on them, stand where the units stand in the tree now."""
        same = (UnitCopy.tenant_id == Claim.tenant_id) & (UnitCopy.id == Claim.unit_id)
        place = select(UnitCopy.org_path).where(same).correlate(Claim).scalar_subquery()
        of_units = Claim.unit_id.in_(unit_ids)
        await self._move(self.update(Claim).where(of_units, Claim.org_path != place), place)
        claims = self.select_columns(Claim, Claim.id).where(of_units)
        for model in (Appeal, Sample, Feedback):
            await self._follow_claims(model, claims)

    async def _follow_claims(self, model: Any, claims: Any) -> None:
        """Let rows that belong to claims stand where the claims stand."""
        same = (Claim.tenant_id == model.tenant_id) & (Claim.id == model.claim_id)
        place = select(Claim.org_path).where(same).correlate(model).scalar_subquery()
        await self._move(self.update(model).where(model.claim_id.in_(claims), model.org_path != place), place)

    async def _move(self, rows: Any, place: Any) -> None:
        await self.session.execute(
            rows.values(org_path=place), execution_options={"synchronize_session": False}
        )
