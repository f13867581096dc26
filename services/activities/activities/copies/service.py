"""Keeping the copies."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.enrollment import PolicyFact
from common.contracts.identity import PersonFact, UnitFact
from common.crypto import TenantKeys
from common.identifiers import WITH_RESIDENT_NUMBER, document_birth_date, sex_of

from .models import PersonCopy, PolicyCopy, UnitCopy
from .repository import CopyRepository

FACTS = "person.facts"


async def keep_persons(
    session: AsyncSession, *, tenant_id: UUID, members: Sequence[PersonFact], keys: TenantKeys
) -> None:
    """Keep what rules ask of persons; of the document number only birth date and sex stay."""
    rows: list[dict[str, Any]] = [
        {
            "id": fact.person_id,
            "version": fact.version,
            "name": fact.name.ciphertext,
            "facts": sealed_facts(fact, keys),
            "state": fact.state,
            "unit_id": fact.unit_id,
        }
        for fact in members
    ]
    await CopyRepository(session, tenant_id).take(PersonCopy, rows)


def sealed_facts(fact: PersonFact, keys: TenantKeys) -> str:
    """Return birth date and sex as the document number says them, sealed; None where it does not."""
    number = keys.open_sealed(fact.document_number, context="person.document")
    born = document_birth_date(fact.document_kind, number)
    sex = sex_of(number) if fact.document_kind in WITH_RESIDENT_NUMBER else None
    facts = {"born": born.isoformat() if born else None, "sex": sex}
    return keys.seal(orjson.dumps(facts).decode(), context=FACTS)


async def keep_units(session: AsyncSession, *, tenant_id: UUID, units: Sequence[UnitFact]) -> None:
    """Keep where units stand."""
    rows: list[dict[str, Any]] = [
        {"id": fact.unit_id, "version": fact.version, "name": fact.name, "org_path": fact.org_path}
        for fact in units
    ]
    await CopyRepository(session, tenant_id).take(UnitCopy, rows)


async def keep_policies(
    session: AsyncSession, *, tenant_id: UUID, policies: Sequence[PolicyFact], ended_on: date | None = None
) -> None:
    """Keep who is covered by what and when."""
    rows: list[dict[str, Any]] = [
        {
            "id": fact.policy_id,
            "version": fact.version,
            "person_id": fact.person_id,
            "product_code": fact.product_code,
            "starts_on": fact.starts_on,
            "ends_on": fact.ends_on,
            "ended_on": ended_on or fact.ended_on,
        }
        for fact in policies
    ]
    await CopyRepository(session, tenant_id).take(PolicyCopy, rows)
