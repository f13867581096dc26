"""What notify gives a person who asks what is held of them: every message, and what it keeps to send them."""

from common.export import ExportedTable, export_subscription

from .copies.models import CoverCopy, Preference, Recipient
from .messages.models import Message
from .sealed import SEALED

TABLES = (
    ExportedTable(Recipient, "id"),
    ExportedTable(Preference, "id"),
    ExportedTable(CoverCopy),
    ExportedTable(Message, "recipient_id", hidden=("variables",)),
)
SUBSCRIPTION = export_subscription("notify", TABLES, SEALED)
