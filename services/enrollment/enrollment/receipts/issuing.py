"""Writes a receipt, once per subject; its number is taken in the same transaction, so that there is no gap."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import today

from ..numbering.repository import NumberRepository
from .models import Receipt
from .repository import ReceiptRepository
from .rules import receipt_number


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a receipt: what for, how many, yuan."""

    title: str
    quantity: int
    amount: Decimal


async def issue_receipt(
    session: AsyncSession,
    *,
    tenant_id: UUID,
    kind: str,
    subject_id: UUID,
    fund: str,
    unit_id: UUID,
    person_id: UUID | None,
    payer_token: str | None,
    payer_name: str | None,
    issued_by: UUID,
    lines: Sequence[Line],
    remark: str | None,
) -> Receipt:
    """Return the receipt of a subject, written now if there is none yet. The caller holds the subject's row."""
    repository = ReceiptRepository(session, tenant_id)
    known = await repository.of_subject(kind, subject_id)
    if known is not None:
        return known
    day = today()
    serial = await NumberRepository(session, tenant_id).take(f"receipt:{day.year}")
    receipt = repository.add(
        Receipt(
            number=receipt_number(day.year, serial),
            kind=kind,
            subject_id=subject_id,
            fund=fund,
            unit_id=unit_id,
            person_id=person_id,
            payer_name=payer_name,
            payer_token=payer_token,
            amount=sum((line.amount for line in lines), Decimal("0.00")),
            lines=[asdict(line) | {"amount": f"{line.amount:.2f}"} for line in lines],
            remark=remark,
            issued_by=issued_by,
            issued_on=day,
        )
    )
    await session.flush()
    return receipt
