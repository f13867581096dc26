"""SQL of what is known about the people a roster names: register, covers, other orders. Asked in batches."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import text

from common.db import TenantRepository, unscoped

from ..orders.models import IN_PROGRESS
from .known import Candidate, KnownPerson

BATCH = 5_000
MEMBER_STATES = frozenset({"confirmed"})
REGISTERED = unscoped(
    text(
        """SELECT asked.key, person.id, person.name_token, person.state, person.unit_id, unit.name AS unit_name
           FROM unnest(CAST(:keys AS text[]), CAST(:indexes AS text[])) AS asked (key, index)
           JOIN person_copy person ON person.tenant_id = :tenant AND person.document_index = asked.index
           LEFT JOIN unit_copy unit ON unit.tenant_id = person.tenant_id AND unit.id = person.unit_id"""
    ),
    why="looks up a batch of people at once; the tenant is in the condition",
)
COVERED = unscoped(
    text(
        """SELECT cover.person_id, cover.covered_until, cover.shares
           FROM unnest(CAST(:people AS uuid[])) AS asked (person_id)
           JOIN cover ON cover.tenant_id = :tenant AND cover.person_id = asked.person_id
             AND cover.product_code = :product AND cover.covered_until >= :blocks"""
    ),
    why="looks up a batch of people at once; the tenant is in the condition",
)
CONSENTED = unscoped(
    text(
        """SELECT person_id FROM over_age_consent
           WHERE tenant_id = :tenant AND order_id = :order_id AND state = 'granted'
             AND person_id = ANY(CAST(:people AS uuid[]))"""
    ),
    why="looks up a batch of people at once; the tenant is in the condition",
)
ON_ORDERS = unscoped(
    text(
        """SELECT placed.person_id, o.number
           FROM unnest(CAST(:people AS uuid[])) AS asked (person_id)
           JOIN order_person placed ON placed.tenant_id = :tenant AND placed.person_id = asked.person_id
             AND placed.insurable AND placed.order_id <> :order_id
           JOIN enrolment_order o ON o.tenant_id = placed.tenant_id AND o.id = placed.order_id
             AND o.product_code = :product AND o.status = ANY(CAST(:in_progress AS text[]))"""
    ),
    why="looks up a batch of people at once; the tenant is in every condition",
)


class KnowledgeRepository(TenantRepository):
    """The register, as far as one order's product and first day of cover are concerned."""

    async def known(
        self,
        candidates: Sequence[Candidate],
        *,
        order_id: UUID,
        product: str,
        blocks: date,
        count_shares: bool,
    ) -> dict[str, KnownPerson]:
        """Return what is known of candidates, by blind index; cover that runs to `blocks` or longer is in the way.

        `count_shares`: a person may hold several; where one is all, being covered says it.
        """
        found: dict[str, KnownPerson] = {}
        for start in range(0, len(candidates), BATCH):
            batch = candidates[start : start + BATCH]
            people = await self._people(batch)
            ids = [known.person_id for known in people.values()]
            covered = await self._covered(ids, product, blocks)
            on_orders = await self._on_orders(ids, order_id, product)
            consented = await self.consented(ids, order_id)
            for key, known in people.items():
                until, shares = covered.get(known.person_id, (None, 0))
                order, consent = on_orders.get(known.person_id), known.person_id in consented
                if known.registered or until or order or consent:
                    day = until.isoformat() if until else None
                    found[key] = replace(
                        known,
                        covered_until=day,
                        order=order,
                        shares=shares if count_shares else 0,
                        over_age_consent=consent,
                    )
        return found

    async def _people(self, batch: Sequence[Candidate]) -> dict[str, KnownPerson]:
        """Return every candidate, with the register's facts where it has the person."""
        people = {c.indexes[0]: KnownPerson(person_id=c.person_id) for c in batch}
        pairs = [(c.indexes[0], index) for c in batch for index in c.indexes]
        values = {
            "tenant": self.tenant_id,
            "keys": [key for key, _ in pairs],
            "indexes": [index for _, index in pairs],
        }
        for row in await self.session.execute(REGISTERED, values):
            people[row.key] = KnownPerson(
                person_id=row.id,
                registered=True,
                member=row.state in MEMBER_STATES,
                name_token=row.name_token,
                unit=str(row.unit_id) if row.unit_id else None,
                unit_name=row.unit_name,
            )
        return people

    async def consented(self, people: Sequence[UUID], order_id: UUID) -> frozenset[UUID]:
        """Return for whom of these people the agency consented to cover over age by an order."""
        values = {"tenant": self.tenant_id, "people": list(people), "order_id": order_id}
        return frozenset((await self.session.execute(CONSENTED, values)).scalars())

    async def _covered(self, people: list[UUID], product: str, blocks: date) -> dict[UUID, tuple[date, int]]:
        values = {"tenant": self.tenant_id, "people": people, "product": product, "blocks": blocks}
        rows = await self.session.execute(COVERED, values)
        return {row.person_id: (row.covered_until, row.shares) for row in rows}

    async def _on_orders(self, people: list[UUID], order_id: UUID, product: str) -> dict[UUID, str]:
        values = {
            "tenant": self.tenant_id,
            "people": people,
            "order_id": order_id,
            "product": product,
            "in_progress": [state.value for state in IN_PROGRESS],
        }
        return {row.person_id: row.number for row in await self.session.execute(ON_ORDERS, values)}
