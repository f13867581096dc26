"""What notify holds of a person and gives up when they are erased: the copy's values and every message to them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from common.erasure import ErasedTable, erasure_subscription

from .copies.models import CoverCopy, LanguageCopy, Preference, Recipient, WechatCopy
from .copies.repository import account_of
from .messages.models import Message


@dataclass(frozen=True)
class OfAccount(ErasedTable):
    """A table that knows a person by their account only, as long as the copy of the person names it."""

    def rows_of(self, tenant_id: UUID, person_id: UUID) -> Any:
        """Return the condition of the rows of the person's account."""
        account = account_of(tenant_id, person_id)
        return (self.model.tenant_id == tenant_id) & self.model.id.in_(account)


TABLES = (
    # Before the copy of the person forgets the account.
    OfAccount(WechatCopy, removed=True),
    OfAccount(LanguageCopy, removed=True),
    ErasedTable(Recipient, "id", {"name": "person.name"}, nulled=("mobile", "account_id", "sex")),
    ErasedTable(Preference, "id", removed=True),
    ErasedTable(CoverCopy, "person_id", removed=True),
    ErasedTable(Message, "recipient_id", removed=True),
)
SUBSCRIPTION = erasure_subscription("notify", TABLES)
