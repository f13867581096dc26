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
        refunded=receipt.refunded,
        refunded_on=receipt.refunded_on,
    )


def refund_note(receipt: Receipt) -> str:
    """Return what a print says of money that went back, or nothing."""
    if not receipt.refunded or receipt.refunded_on is None:
        return ""
    day, amount = f"{receipt.refunded_on:%Y-%m-%d}", f"{receipt.refunded:.2f}"
    if receipt.refunded >= receipt.amount:
        return f"{day} 已全额退款 {amount} 元，本收据不再作为付款凭证"
    return f"{day} 已退款 {amount} 元"
