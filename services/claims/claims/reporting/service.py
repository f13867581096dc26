"""Use cases of the reporting interface: make, list and revoke keys; read facts."""

import os
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.clock import now, today
from common.errors import NotFound
from common.http import Cursor, Page
from common.http.paging import cursor_of
from common.ids import new_id
from common.tenancy import current_pack

from ..auth import READ_STATISTICS, must_be_of_whole_union
from ..ledger.service import list_funds
from .errors import BranchUnknown
from .models import ReportingKey
from .repository import ReportingRepository
from .rules import SECRET_BYTES, KeyText, digest_of, secret_of
from .schemas import ClaimFact, DayFact, FundFact, KeyCreate, KeyMade, KeyRead, ProductFact, UnitFact

Fact = TypeVar("Fact", bound=BaseModel)


async def make_key(session: AsyncSession, *, actor: Actor, wanted: KeyCreate) -> KeyMade:
    """Make a key and show it this once; BranchUnknown for a scope that the union does not have."""
    repository = ReportingRepository(session, actor.tenant_id)
    if wanted.scope != "/" and not await _is_branch(session, repository, wanted.scope):
        raise BranchUnknown(branch=wanted.scope)
    secret = secret_of(os.urandom(SECRET_BYTES))
    key = repository.add(
        ReportingKey(
            id=new_id(),
            created_at=now(),
            name=wanted.name,
            digest=digest_of(secret),
            scope=wanted.scope,
            created_by=actor.id,
            expires_on=today() + timedelta(days=wanted.days),
        )
    )
    detail = {"scope": wanted.scope, "days": wanted.days}
    await record(
        session, actor_id=actor.id, action="reporting.key_made", subject=f"reporting_key:{key.id}", detail=detail
    )  # fmt: skip
    return KeyMade(**_read(key).model_dump(), key=str(KeyText(actor.tenant, key.id, secret)))


async def _is_branch(session: AsyncSession, repository: ReportingRepository, path: str) -> bool:
    code = path.strip("/").rsplit("/", 1)[-1]
    branches = (await current_pack(session)).organisation.branches
    return any(branch.code == code for branch in branches) or await repository.has_units_at(path)


def _read(key: ReportingKey) -> KeyRead:
    return KeyRead.model_validate(key, from_attributes=True)


async def list_keys(session: AsyncSession, *, actor: Actor, cursor: Cursor) -> Page[KeyRead]:
    """Return the union's keys, newest first."""
    return cursor.page(await ReportingRepository(session, actor.tenant_id).keys(cursor), _read)


async def revoke_key(session: AsyncSession, *, actor: Actor, key_id: UUID) -> None:
    """End a key at once; again changes nothing."""
    key = await ReportingRepository(session, actor.tenant_id).find(ReportingKey, key_id, lock=True)
    if key is None:
        raise NotFound
    key.revoke()
    await record(
        session, actor_id=actor.id, action="reporting.key_revoked", subject=f"reporting_key:{key.id}"
    )  # fmt: skip


async def read_days(
    session: AsyncSession, *, actor: Actor, cursor: Cursor, first: date | None, last: date | None
) -> Page[DayFact]:
    """Return the counters by unit, product and day."""
    rows = await ReportingRepository(session, actor.tenant_id).days(actor, cursor, first, last)
    return _page(rows, cursor, DayFact)


async def read_claims(
    session: AsyncSession, *, actor: Actor, cursor: Cursor, since: date | None
) -> Page[ClaimFact]:
    """Return the applications."""
    rows = await ReportingRepository(session, actor.tenant_id).claims(actor, cursor, since)
    return _page(rows, cursor, ClaimFact)


async def read_units(session: AsyncSession, *, actor: Actor, cursor: Cursor) -> Page[UnitFact]:
    """Return the units."""
    return _page(await ReportingRepository(session, actor.tenant_id).units(actor, cursor), cursor, UnitFact)


async def read_products(session: AsyncSession) -> list[ProductFact]:
    """Return the products of the present pack."""
    products = (await current_pack(session)).products
    return [ProductFact(code=product.code, title=product.title.text().in_language()) for product in products]


async def read_funds(session: AsyncSession, *, actor: Actor) -> list[FundFact]:
    """Return the funds as they stand; for keys of the whole union."""
    must_be_of_whole_union(actor, READ_STATISTICS)
    return [
        FundFact(
            fund=fund.fund,
            title=fund.title,
            bank=fund.accounts["bank"],
            claims_payable=-fund.accounts["claims_payable"],
            refunds_payable=-fund.accounts["refunds_payable"],
            in_transit=-fund.accounts["in_transit"],
            available=fund.available,
        )
        for fund in await list_funds(session, actor=actor)
    ]


def _page(rows: Sequence[Any], cursor: Cursor, fact: type[Fact]) -> Page[Fact]:
    items = [fact.model_validate(row._mapping, from_attributes=True) for row in rows[: cursor.limit]]
    more = len(rows) > cursor.limit
    return Page(items=items, next_cursor=cursor_of(rows[cursor.limit - 1].id) if more else None)
