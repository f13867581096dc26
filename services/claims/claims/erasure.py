"""What claims holds of a person and gives up when they are erased; numbers, amounts and the ledger stay."""

from common.erasure import ErasedTable, erasure_subscription

from .appeals.models import Appeal
from .copies.models import DocumentCopy, PersonCopy, PolicyCopy
from .feed.models import FeedLine
from .feedback.models import Feedback
from .intake.models import Claim
from .payouts.models import Payout, PayoutItem
from .statistics.models import PersonSearch

NAME = {"name": "person.name"}
TABLES = (
    ErasedTable(PersonCopy, "id", NAME, nulled=("mobile",), indexes=("document_index",)),
    ErasedTable(PersonSearch, "id", removed=True),
    ErasedTable(
        PolicyCopy,
        sealed={**NAME, "document_number": "person.document"},
        nulled=("mobile", "bank_card", "bank_name"),
        indexes=("document_index",),
    ),
    ErasedTable(DocumentCopy, nulled=("recognition", "phash")),
    ErasedTable(FeedLine, "claim_id", nulled=("facts", "document_index"), via=Claim),
    ErasedTable(Appeal, nulled=("answer",), sealed={"words": "words"}),
    ErasedTable(Feedback, "claim_id", nulled=("words",), via=Claim),
    ErasedTable(PayoutItem, "payout_id", {**NAME, "card": "person.card"}, nulled=("bank_name",), via=Payout),
    ErasedTable(Payout, sealed=NAME, nulled=("card", "bank_name")),
    ErasedTable(
        Claim, sealed={"form": ("claims.form", "[]")}, nulled=("explanation", "reason", "payee", "on_behalf")
    ),
)
SUBSCRIPTION = erasure_subscription("claims", TABLES)
