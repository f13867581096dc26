"""Use cases of the list: look at it, ask for it as a workbook."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor, ActorKind
from common.clock import business_day
from common.contracts.pack import TenantPack
from common.crypto import TenantKeys, open_words
from common.http import Cursor, Page
from common.identifiers import mask_mobile, mask_name
from common.tasks import TaskRead, request_task
from common.tenancy import current_pack
from common.text import Text

from ...intake.rules.granted import granted_amount
from ..service import MOBILE, NAME, name_key
from .repository import ClaimFilter, ListingRepository
from .schemas import ClaimQuery, ClaimRow

EXPORT = "claims.export"
EXPORT_TITLE = Text("导出理赔记录", "Export of claims")
STATES: Mapping[str, Text] = {
    "to_upload": Text("待上传", "to upload"),
    "in_review": Text("进行中", "in review"),
    "returned": Text("退回补正", "returned"),
    "approved": Text("待给付", "to be paid"),
    "rejected": Text("未通过", "refused"),
    "withdrawn": Text("已撤回", "withdrawn"),
    "paid": Text("已完成", "paid"),
    "payment_failed": Text("给付失败", "payment failed"),
}


def filter_of(query: ClaimQuery, keys: TenantKeys) -> ClaimFilter:
    """Return the filter of a query: what is personal becomes a blind index."""
    return ClaimFilter(
        names=tuple(keys.blinds("name", name_key(query.name))) if query.name else None,
        mobiles=tuple(keys.blinds("mobile", query.mobile)) if query.mobile else None,
        product_code=query.product_code,
        kind=query.kind,
        status=query.status,
        first=query.first,
        last=query.last,
    )


async def list_claims(
    session: AsyncSession, *, actor: Actor, cursor: Cursor, query: ClaimQuery, keys: TenantKeys
) -> Page[ClaimRow]:
    """Return the claims of a query that the caller's scope reaches, the newest first."""
    repository = ListingRepository(session, actor.tenant_id)
    rows = await repository.rows(actor, filter_of(query, keys), after=cursor.after, most=cursor.limit + 1)
    pack = await current_pack(session)
    return cursor.page(rows, lambda row: read_row(row, pack=pack, keys=keys, masked=True, actor=actor))


def read_row(row: Any, *, pack: TenantPack, keys: TenantKeys, masked: bool, actor: Actor) -> ClaimRow:
    """Return a row of the list. What was written to the member about an illness is not for their employer's clerk."""
    name = keys.open(row.name, context=NAME) if row.name else ""
    mobile = keys.open(row.mobile, context=MOBILE) if row.mobile else ""
    products = {product.code: product.title.text() for product in pack.products}
    kinds = {kind.code: kind.title.text() for kind in pack.claims}
    decided = business_day(row.decided_at) if row.decided_at and row.status == "rejected" else None
    product, kind, state = products.get(row.product_code or ""), kinds.get(row.kind), STATES.get(row.status)
    return ClaimRow(
        id=row.id,
        number=row.number,
        name=mask_name(name) if masked and name else name,
        mobile=mask_mobile(mobile) if mobile else "",
        product=product.in_language() if product else row.product_code or "",
        kind=kind.in_language() if kind else row.kind,
        event_on=row.event_on,
        amount=granted_amount(row.status, row.amount),
        submitted_at=row.submitted_at,
        finished_on=row.paid_on or decided,
        status=row.status,
        status_title=state.in_language() if state else row.status,
        remark="" if actor.kind is ActorKind.HANDLER else open_words(keys, row.reason) or "",
    )


async def request_export(
    session: AsyncSession, *, actor: Actor, query: ClaimQuery, keys: TenantKeys
) -> TaskRead:
    """Ask for the claims of a query as a workbook; it is made in the background."""
    total = await ListingRepository(session, actor.tenant_id).count(actor, filter_of(query, keys))
    task = await request_task(
        session, actor=actor, kind=EXPORT, parameters=query.model_dump(mode="json"), keys=keys, total=total
    )
    return TaskRead.of(task, title=EXPORT_TITLE)
