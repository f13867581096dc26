"""Use cases of the copies: keep what an event says, if it is newer than what is known."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.contracts.enrollment import PolicyFact
from common.contracts.identity import PersonFact, StaffFact, UnitFact, UnitNameLinked
from common.contracts.ocr import DocumentRecognized, DocumentStored
from common.events import Sealed
from common.identifiers import unit_name_key
from common.ids import new_id

from .models import PersonCopy, PolicyCopy, StaffCopy, UnitCopy
from .repository import CopyRepository


def _token(sealed: Sealed | None) -> str | None:
    return sealed.ciphertext if sealed else None


def _policy_row(fact: PolicyFact, ended_on: date | None) -> dict[str, Any]:
    return {
        "id": fact.policy_id,
        "created_at": now(),
        "version": fact.version,
        "number": fact.number,
        "person_id": fact.person_id,
        "unit_id": fact.unit_id,
        "product_code": fact.product_code,
        "pack_version": fact.pack_version,
        "shares": fact.shares,
        "starts_on": fact.starts_on,
        "ends_on": fact.ends_on,
        "ended_on": ended_on or fact.ended_on,
        "document_index": fact.document_number.index or "",
        "document_number": fact.document_number.ciphertext,
        "name": fact.name.ciphertext,
        "mobile": _token(fact.mobile),
        "bank_card": _token(fact.bank_card),
        "bank_name": fact.bank_name,
    }


async def keep_policies(
    session: AsyncSession, *, tenant_id: UUID, policies: Sequence[PolicyFact], ended_on: date | None = None
) -> list[PolicyFact]:
    """Keep facts of policies; return those of which nothing was known before."""
    rows = [_policy_row(fact, ended_on) for fact in policies]
    new = await CopyRepository(session, tenant_id).keep(PolicyCopy, rows)
    return [fact for fact in {fact.policy_id: fact for fact in policies}.values() if fact.policy_id in new]


async def keep_persons(session: AsyncSession, *, tenant_id: UUID, members: Sequence[PersonFact]) -> None:
    """Keep facts of persons."""
    rows: list[dict[str, Any]] = [
        {
            "id": fact.person_id,
            "created_at": now(),
            "version": fact.version,
            "document_index": fact.document_number.index or "",
            "name": fact.name.ciphertext,
            "mobile": _token(fact.mobile),
            "unit_id": fact.unit_id,
            "state": fact.state,
            "account_id": fact.account_id,
        }
        for fact in members
    ]
    await CopyRepository(session, tenant_id).keep(PersonCopy, rows)


async def keep_units(session: AsyncSession, *, tenant_id: UUID, units: Sequence[UnitFact]) -> None:
    """Keep facts of units; claims follow a unit to another branch."""
    copies = CopyRepository(session, tenant_id)
    rows: list[dict[str, Any]] = [
        {
            "id": fact.unit_id,
            "created_at": now(),
            "version": fact.version,
            "name": fact.name,
            "org_path": fact.org_path,
        }
        for fact in units
    ]
    await copies.keep(UnitCopy, rows)
    await copies.claims_follow([fact.unit_id for fact in units])


async def keep_unit_name(
    session: AsyncSession, *, tenant_id: UUID, event: UnitNameLinked, at: datetime
) -> None:
    """Keep which unit a name of synchronised data means."""
    row = {
        "id": new_id(), "created_at": now(), "key": unit_name_key(event.unit_name), "unit_id": event.unit_id,
        "linked_at": at,
    }  # fmt: skip
    await CopyRepository(session, tenant_id).keep_alias(row)


async def keep_staff(session: AsyncSession, *, tenant_id: UUID, staff: Sequence[StaffFact]) -> None:
    """Keep facts of staff accounts."""
    rows: list[dict[str, Any]] = [
        {
            "id": fact.account_id,
            "created_at": now(),
            "version": fact.version,
            "roles": fact.roles,
            "org_path": fact.org_path,
            "active": fact.status == "active",
            "name": _token(fact.name),
        }
        for fact in staff
    ]
    await CopyRepository(session, tenant_id).keep(StaffCopy, rows)


async def keep_document(
    session: AsyncSession, *, tenant_id: UUID, event: DocumentStored | DocumentRecognized, at: datetime
) -> None:
    """Keep that a document exists and, when it has been read, what was read; `at` is the event's time."""
    row: dict[str, Any] = {
        "id": event.document_id,
        "created_at": now(),
        "owner_id": event.owner_id,
        "person_id": event.person_id,
        "sha256": event.sha256,
        "phash": event.phash,
        "outcome": None,
        "document_type": None,
        "recognition": None,
        "recognized_at": None,
    }
    recognised = isinstance(event, DocumentRecognized)
    if isinstance(event, DocumentRecognized):
        row |= {
            "outcome": event.outcome,
            "document_type": event.document_type,
            "recognition": event.recognition.ciphertext,
            "recognized_at": at,
        }
    await CopyRepository(session, tenant_id).keep_document(row, recognised=recognised)
