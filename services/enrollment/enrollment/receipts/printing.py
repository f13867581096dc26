"""A receipt on paper; each print is counted and in the audit log."""

from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.crypto import TenantKeys
from common.printing import print_pdf
from common.tenancy import current_pack

from .models import Receipt
from .reading import payer_of, refund_note
from .rules import in_capitals

TEMPLATE = Path(__file__).with_name("receipt.typ")


async def print_receipt(session: AsyncSession, *, actor: Actor, receipt: Receipt, keys: TenantKeys) -> bytes:
    """Return a receipt as PDF."""
    pack = await current_pack(session)
    receipt.prints += 1
    detail = {"prints": receipt.prints}
    await record(
        session, actor_id=actor.id, action="receipt.printed", subject=f"receipt:{receipt.id}", detail=detail
    )
    data = {
        "issuer": pack.tenant.name.zh,
        "number": receipt.number,
        "on": receipt.issued_on.isoformat(),
        "payer": payer_of(receipt, keys),
        "remark": receipt.remark or "",
        "lines": [line | {"quantity": str(line["quantity"])} for line in receipt.lines],
        "amount": f"{receipt.amount:.2f}",
        "capitals": in_capitals(receipt.amount),
        "prints": str(receipt.prints),
        "refunded": refund_note(receipt),
    }
    return await print_pdf(TEMPLATE, data)
