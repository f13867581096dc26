"""What claims gives a person who asks what is held of them; how it watches for misuse is not among it."""

from common.export import ExportedTable, export_subscription

from .appeals.models import Appeal
from .copies.models import DocumentCopy, PersonCard, PersonCopy, PolicyCopy
from .decisions.models import BenefitUse
from .feed.models import FeedLine
from .feed.persons import ExportedLines
from .feedback.models import Feedback
from .intake.models import Claim, ClaimDocument, ClaimStep, Stay
from .payouts.batches.models import PayoutItem
from .payouts.models import Payout
from .sealed import SEALED

TABLES = (
    ExportedTable(PersonCopy, "id"),
    ExportedTable(PersonCard, "id"),
    ExportedTable(PolicyCopy),
    ExportedTable(Claim, hidden=("review_reasons",)),
    ExportedTable(ClaimStep, "claim_id", via=Claim),
    ExportedTable(ClaimDocument, "claim_id", via=Claim),
    ExportedTable(Stay),
    ExportedTable(BenefitUse),
    ExportedLines(FeedLine),
    ExportedTable(DocumentCopy),
    ExportedTable(Payout),
    ExportedTable(PayoutItem, "payout_id", via=Payout),
    ExportedTable(Appeal),
    ExportedTable(Feedback, "claim_id", via=Claim),
)
SUBSCRIPTION = export_subscription("claims", TABLES, SEALED)
