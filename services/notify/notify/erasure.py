"""What notify holds of a person and gives up when they are erased: the copy's values and every message to them."""

from common.erasure import ErasedTable, erasure_subscription

from .copies.models import CoverCopy, Recipient
from .messages.models import Message

TABLES = (
    ErasedTable(Recipient, "id", {"name": "person.name"}, nulled=("mobile", "account_id", "sex")),
    ErasedTable(CoverCopy, "person_id", removed=True),
    ErasedTable(Message, "recipient_id", removed=True),
)
SUBSCRIPTION = erasure_subscription("notify", TABLES)
