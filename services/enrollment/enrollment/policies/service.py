"""Use cases of policies: search and export."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.crypto import TenantKeys
from common.http import Cursor
from common.identifiers import plain_name, plain_number
from common.sheets import SheetWriter

from .errors import ExportTooLarge
from .models import Policy
from .reading import STATE_TEXTS, Names, names_of, opened, state_of
from .repository import PolicyFilter, PolicyRepository
from .schemas import PolicySearch

EXPORT_BATCH = 2_000
EXPORT_LIMIT = 300_000
EXPORT_COLUMNS: tuple[tuple[str, float], ...] = (
    ("工单编号", 20), ("保单号", 26), ("参保单位", 30), ("姓名", 12), ("居民身份证证件号", 22), ("手机号码", 14),
    ("银行卡号", 24), ("开户行", 26), ("参保项目", 26), ("份数", 8), ("参保金额（元）", 14), ("参保时间", 12),
    ("到期时间", 12), ("参保状态", 10),
)  # fmt: skip


def filter_of(search: PolicySearch, keys: TenantKeys) -> PolicyFilter:
    """Return a search with the blind indexes of its values."""
    number, name = search.document_number, search.name
    return PolicyFilter(
        order_number=search.order_number,
        product=search.product,
        year=search.year,
        document_indexes=tuple(keys.blinds("document", plain_number(number).upper())) if number else None,
        name_indexes=tuple(keys.blinds("name", plain_name(name).strip())) if name else None,
    )


async def search_policies(
    session: AsyncSession, *, actor: Actor, keys: TenantKeys, cursor: Cursor, search: PolicySearch
) -> tuple[Sequence[Policy], Names]:
    """Return a page of the policies in the caller's scope (members: their own), with the names beside them."""
    repository = PolicyRepository(session, actor.tenant_id)
    policies = await repository.page(actor, cursor, filter_of(search, keys))
    return policies, await names_of(session, policies)


async def export_policies(
    session: AsyncSession, *, actor: Actor, keys: TenantKeys, search: PolicySearch, path: Path
) -> None:
    """Write the policies found into a workbook, batch by batch; ExportTooLarge beyond 300,000."""
    repository, wanted = PolicyRepository(session, actor.tenant_id), filter_of(search, keys)
    written, after = 0, None
    with SheetWriter(path, widths=[width for _, width in EXPORT_COLUMNS]) as sheet:
        sheet.heading([title for title, _ in EXPORT_COLUMNS])
        sheet.freeze()
        while batch := await repository.batch(actor, wanted, after=after, limit=EXPORT_BATCH):
            written += len(batch)
            if written > EXPORT_LIMIT:
                raise ExportTooLarge(limit=EXPORT_LIMIT)
            names = await names_of(session, batch)
            await asyncio.to_thread(_write, sheet, batch, names, keys)
            after = batch[-1].id
            session.expunge_all()
    await _record_export(session, actor, search, written)


async def _record_export(session: AsyncSession, actor: Actor, search: PolicySearch, written: int) -> None:
    used = sorted(name for name, value in search.model_dump().items() if value is not None)
    detail = {"policies": written, "filters": used, "year": search.year, "product": search.product}
    await record(
        session,
        actor_id=actor.id,
        action="policies.exported",
        subject=f"unit:{actor.unit_id or 'all'}",
        detail=detail,
    )


def _write(sheet: SheetWriter, batch: Sequence[Policy], names: Names, keys: TenantKeys) -> None:
    for policy in batch:
        values = opened(policy, keys)
        sheet.row(
            [
                names.orders.get(policy.order_id, ""),
                policy.number,
                names.units.get(policy.unit_id, ""),
                values.name,
                values.document,
                values.mobile,
                values.card,
                policy.bank_name or "",
                names.product_title(policy).zh,
                str(policy.shares),
                str(policy.contribution),
                policy.starts_on.isoformat(),
                policy.ends_on.isoformat(),
                STATE_TEXTS[state_of(policy)].zh,
            ]
        )


async def my_policies(
    session: AsyncSession, *, actor: Actor, cursor: Cursor
) -> tuple[Sequence[Policy], Names]:
    """Return a page of the caller's own policies; nothing for an account that is nobody's."""
    repository = PolicyRepository(session, actor.tenant_id)
    policies: Sequence[Policy] = ()
    if actor.person_id is not None:
        policies = await repository.page_of_person(actor.person_id, cursor)
    return policies, await names_of(session, policies)
