"""Receipts as responses and papers show them."""

from common.crypto import TenantKeys
from common.identifiers import mask_name

from ..people.sealing import NAME
from .models import Receipt
from .rules import in_capitals
from .schemas import ReceiptLine, ReceiptRead


def payer_of(receipt: Receipt, keys: TenantKeys) -> str:
    """Return who paid, in clear: for the paper."""
    if receipt.payer_token:
        return keys.open(receipt.payer_token, context=NAME)
    return receipt.payer_name or ""


def read_receipt(receipt: Receipt, keys: TenantKeys) -> ReceiptRead:
    """Return a receipt with a masked person."""
    payer = payer_of(receipt, keys)
    return ReceiptRead(
        id=receipt.id,
        number=receipt.number,
        kind=receipt.kind,
        subject_id=receipt.subject_id,
        payer=mask_name(payer) if receipt.payer_token else payer,
        amount=receipt.amount,
        amount_in_capitals=in_capitals(receipt.amount),
        lines=[ReceiptLine.model_validate(line) for line in receipt.lines],
        remark=receipt.remark,
        issued_on=receipt.issued_on,
        prints=receipt.prints,
    )
