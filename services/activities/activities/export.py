"""What activities gives a person who asks what is held of them; the right answers of a quiz are not among it."""

from common.export import ExportedTable, export_subscription

from .copies.models import PersonCopy, PolicyCopy
from .participations.models import Participation
from .quizzes.models import Attempt
from .rewards.models import Reward
from .sealed import SEALED

TABLES = (
    ExportedTable(PersonCopy, "id"),
    ExportedTable(PolicyCopy),
    ExportedTable(Participation),
    ExportedTable(Attempt, hidden=("asked",)),
    ExportedTable(Reward),
)
SUBSCRIPTION = export_subscription("activities", TABLES, SEALED)
