"""What can be refused about receipts."""

from common.errors import Conflict
from common.text import Text


class NothingReceived(Conflict):
    """A receipt is for money that has arrived."""

    code = "receipt.nothing_received"
    text = Text(
        "该申请尚未完成付款复核，或无需付款，不能开具收据。",
        "The payment of this order is not confirmed, or nothing was due: there is no receipt.",
    )
