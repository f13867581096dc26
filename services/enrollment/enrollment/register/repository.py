"""SQL of what is known about the people a roster names: register, covers, other orders. Asked in batches."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text

from common.db import TenantRepository, unscoped

from ..copies.models import PersonCopy
from ..people.sealing import DOCUMENT_KIND
from .known import Candidates, KnownPerson

MEMBER_STATES = frozenset({"confirmed"})
REGISTERED = unscoped(
    text(
        """SELECT asked.key, person.id, person.name_token, person.state, person.unit_id,
             unit.name AS unit_name, person.document_kind, person.sex, person.born_token,
             person.member_number
           FROM unnest(CAST(:keys AS text[]), CAST(:indexes AS text[])) AS asked (key, index)
           JOIN person_copy person ON person.tenant_id = :tenant AND person.document_index = asked.index
           LEFT JOIN unit_copy unit ON unit.tenant_id = person.tenant_id AND unit.id = person.unit_id"""
    ),
    why="looks up a batch of people at once; the tenant is in the condition",
)
SLOTS = unscoped(
    text(
        """SELECT slot.person_id, CASE WHEN slot.covered_until >= :blocks THEN slot.covered_until END AS covered_until,
             CASE WHEN slot.covered_until >= :blocks THEN slot.shares ELSE 0 END AS shares, other.number
           FROM cover slot
           LEFT JOIN enrolment_order other ON other.tenant_id = slot.tenant_id AND other.id = slot.order_id
             AND other.id <> :order_id
           WHERE slot.tenant_id = :tenant AND slot.product_code = :product
             AND slot.person_id = ANY(CAST(:people AS uuid[]))
             AND (slot.covered_until >= :blocks OR other.id IS NOT NULL)"""
    ),
    why="looks up a batch of people at once; the tenant is in every condition",
)
CONSENTED = unscoped(
    text(
        """SELECT person_id FROM over_age_consent
           WHERE tenant_id = :tenant AND order_id = :order_id AND state = 'granted'
             AND person_id = ANY(CAST(:people AS uuid[]))"""
    ),
    why="looks up a batch of people at once; the tenant is in the condition",
)


class KnowledgeRepository(TenantRepository):
    """The register, as far as one order's product and first day of cover are concerned."""

    async def known(
        self, candidates: Candidates, *, order_id: UUID, product: str, blocks: date, count_shares: bool
    ) -> dict[str, KnownPerson]:
        """Return what is known of candidates, by their keys; cover that runs to `blocks` or longer is in the way.

        `count_shares`: a person may hold several; where one is all, being covered says it. Who is new to everything
        is not in the answer: nothing is done for each candidate here, there are thousands.
        """
        found = await self._registered(candidates)
        people = candidates.people
        if found:
            renamed = {key: known.person_id.hex for key, known in found.items()}
            people = [renamed.get(key, own) for key, own in zip(candidates.keys, people, strict=True)]
        slots = await self._slots(people, order_id, product, blocks)
        consented = await self.consented(people, order_id)
        if not slots and not consented:
            return found
        keys = dict(zip(people, candidates.keys, strict=True))
        for row in slots:
            key = keys[row.person_id.hex]
            known = found.get(key) or KnownPerson(person_id=row.person_id)
            until = row.covered_until.isoformat() if row.covered_until else None
            shares = row.shares if count_shares else 0
            found[key] = replace(known, covered_until=until, order=row.number, shares=shares)
        for person_id in consented:
            key = keys[person_id.hex]
            found[key] = replace(found.get(key) or KnownPerson(person_id=person_id), over_age_consent=True)
        return found

    async def _registered(self, candidates: Candidates) -> dict[str, KnownPerson]:
        """Return whom the register has, by the candidates' keys."""
        values = {
            "tenant": self.tenant_id,
            "keys": candidates.keys + [key for key, _ in candidates.older],
            "indexes": candidates.keys + [index for _, index in candidates.older],
        }
        return {
            row.key: KnownPerson(
                person_id=row.id,
                registered=True,
                member=row.state in MEMBER_STATES,
                name_token=row.name_token,
                unit=str(row.unit_id) if row.unit_id else None,
                unit_name=row.unit_name,
                member_number=row.member_number,
                **_document(row),
            )
            for row in await self.session.execute(REGISTERED, values)
        }

    async def holders(self, people: Sequence[UUID]) -> dict[UUID, KnownPerson]:
        """Return by what document the register has these people, those with a resident ID card left out."""
        if not people:
            return {}
        read = (PersonCopy.id, PersonCopy.document_kind, PersonCopy.sex, PersonCopy.born_token)
        statement = self.select_columns(PersonCopy, *read).where(
            PersonCopy.id.in_(people), PersonCopy.document_kind != DOCUMENT_KIND
        )
        rows = await self.session.execute(statement)
        return {row.id: known_of(row) for row in rows}

    async def consented(self, people: Sequence[UUID | str], order_id: UUID) -> frozenset[UUID]:
        """Return for whom of these people the agency consented to cover over age by an order."""
        values = {"tenant": self.tenant_id, "people": list(people), "order_id": order_id}
        return frozenset((await self.session.execute(CONSENTED, values)).scalars())

    async def _slots(self, people: list[str], order_id: UUID, product: str, blocks: date) -> Sequence[Any]:
        """Return the slots of people who are covered or on another order."""
        values = {
            "tenant": self.tenant_id,
            "people": people,
            "product": product,
            "blocks": blocks,
            "order_id": order_id,
        }
        return (await self.session.execute(SLOTS, values)).all()


def known_of(row: Any) -> KnownPerson:
    """Return what the copy of a person says of the document that the register has them by."""
    return KnownPerson(person_id=row.id, **_document(row))


def _document(row: Any) -> dict[str, Any]:
    """Return what a person's document is; sex and birth count only where its number does not tell them."""
    if row.document_kind == DOCUMENT_KIND:
        return {}
    return {"document_kind": row.document_kind, "sex": row.sex, "born_token": row.born_token}
