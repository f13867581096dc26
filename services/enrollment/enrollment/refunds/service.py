"""Owe a refund: the row and RefundDue in one transaction, once per subject."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.enrollment import RefundDue
from common.events import emit

from ..statistics.repository import StatisticRepository
from ..statistics.rules import Change, Changes, Place, together
from .repository import RefundRepository

KEPT = (
    "reason", "fund", "product_code", "amount", "due_on", "payee", "unit_id", "person_id", "people", "order_id",
    "order_number", "policy_id",
)  # fmt: skip


async def owe_refunds(
    session: AsyncSession, *, tenant_id: UUID, refunds: Sequence[tuple[str, RefundDue]]
) -> None:
    """Owe refunds, each with its subject, and say so; one occasion is refunded once, and nothing is no refund."""
    wanted = {due.refund_id: (subject, due) for subject, due in refunds if due.amount > 0}
    if not wanted:
        return
    rows = [
        {"id": due.refund_id, "subject": subject} | {name: getattr(due, name) for name in KEPT}
        for subject, due in wanted.values()
    ]
    added = await RefundRepository(session, tenant_id).owe(rows)
    counted: Changes = {}
    for refund_id, (_, due) in wanted.items():
        if refund_id in added and due.unit_id is not None:
            place = Place(due.unit_id, due.product_code, due.due_on)
            together(counted, place, Change(refunded=due.amount))
    await StatisticRepository(session, tenant_id).count(counted)
    for refund_id, (_, due) in wanted.items():
        if refund_id in added:
            emit(session, due)
