"""Use cases of renewals: see the list, export it in the layout of the roster."""

import asyncio
from datetime import date
from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.clock import today
from common.crypto import TenantKeys
from common.errors import NotFound
from common.http import Cursor
from common.http.paging import cursor_of
from common.sheets import SheetWriter
from common.tenancy import current_pack

from ..policies.models import Policy
from ..policies.reading import names_of, opened, read_policy
from ..records.rules import month_days
from ..rosters import RosterRules, rules_of
from ..rosters.template import numbered, widths, write_heading
from . import rules
from .errors import NothingToRenew, UnitNeeded
from .repository import RenewalRepository
from .schemas import RenewalGroup, RenewalPage, RenewalSummary


def first_of(month: str | None) -> date:
    """Return the first day of a month written 2026-12; of the present one if none is given."""
    return month_days(month)[0] if month else rules.month_of(today())


async def summarise(session: AsyncSession, *, actor: Actor, month: str | None) -> RenewalSummary:
    """Return how many people stand on a month's list, by product, in the caller's scope."""
    first = first_of(month)
    repository = RenewalRepository(session, actor.tenant_id)
    run, pack = await repository.run_of(first), await current_pack(session)
    titles = {product.code: product.title.text().in_language() for product in pack.products}
    groups = [
        RenewalGroup(
            product=row.product_code,
            product_title=titles.get(row.product_code, row.product_code),
            people=row.people,
            first_ends_on=row.first,
            last_ends_on=row.last,
        )
        for row in await repository.counts(actor, month=first)
    ]
    return RenewalSummary(
        month=f"{first:%Y-%m}",
        listed=run is not None,
        messages_sent_at=run.told_at if run else None,
        people=sum(group.people for group in groups),
        groups=groups,
    )


async def list_renewals(
    session: AsyncSession,
    *,
    actor: Actor,
    keys: TenantKeys,
    cursor: Cursor,
    month: str | None,
    product: str | None,
    unit_id: UUID | None,
) -> RenewalPage:
    """Return a page of the people on a month's list; those renewed meanwhile are hidden."""
    first = first_of(month)
    repository = RenewalRepository(session, actor.tenant_id)
    rows = await repository.page(actor, cursor, month=first, product=product, unit_id=unit_id)
    shown = [policy for _, policy in rows[: cursor.limit]]
    names = await names_of(session, shown)
    more = len(rows) > cursor.limit
    return RenewalPage(
        month=f"{first:%Y-%m}",
        items=[read_policy(policy, names, keys) for policy in shown],
        next_cursor=cursor_of(rows[cursor.limit - 1][0]) if more else None,
    )


async def export_roster(
    session: AsyncSession,
    *,
    actor: Actor,
    keys: TenantKeys,
    month: str | None,
    product_code: str,
    unit_id: UUID | None,
    path: Path,
) -> None:
    """Write the people to be renewed in the layout of the product's roster: edited, it is handed in as a renewal.

    UnitNeeded for staff who name no unit, NothingToRenew, NotFound for a product without a roster.
    """
    unit = actor.unit_id or unit_id
    if unit is None:
        raise UnitNeeded
    pack = await current_pack(session)
    product = next((p for p in pack.products if p.code == product_code), None)
    layout = rules_of(pack, product) if product else None
    if layout is None:
        raise NotFound
    first = first_of(month)
    repository = RenewalRepository(session, actor.tenant_id)
    policies = await repository.policies_of_unit(actor, month=first, product=product_code, unit_id=unit)
    if not policies:
        raise NothingToRenew(month=f"{first:%Y-%m}")
    rows = [_values(policy, keys) for policy in policies]
    await asyncio.to_thread(_write, path, layout, rows)
    detail = {"people": len(rows), "product": product_code, "month": f"{first:%Y-%m}"}
    await record(
        session, actor_id=actor.id, action="renewals.exported", subject=f"unit:{unit}", detail=detail
    )


def _values(policy: Policy, keys: TenantKeys) -> dict[str, str]:
    person = opened(policy, keys)
    return {
        "name": person.name,
        "id_number": person.document,
        "social_card": person.card,
        "bank_card": person.card,
        "bank_name": policy.bank_name or "",
        "mobile": person.mobile,
        "shares": str(policy.shares),
        "amount": f"{policy.contribution:.2f}",
    }


def _write(path: Path, layout: RosterRules, rows: list[dict[str, str]]) -> None:
    with SheetWriter(path, widths=widths(layout)) as sheet:
        write_heading(sheet, layout)
        for number, row in enumerate(rows, start=1):
            sheet.row(numbered(layout, number, row))
